import { Controller, Get, Query } from '@nestjs/common';
import { shownAs } from '@voltbus/database';
import { ApiList, Tenant, zodQuery, type ListPage, Needs, OF_STATION, StationParam } from '@voltbus/http';
import type { z } from 'zod';
import { TypeormStatusHistory } from '../store/typeorm-status-history';
import { historyEntryView, statusHistoryList, type historyEntrySchema } from './status-history-list';

/** What was reported of a station's connectors and components, and when it was connected. */
@Controller('v1/stations/:station/status-history')
export class StatusHistoryController {
  constructor(private readonly history: TypeormStatusHistory) {}

  @Get()
  @Needs('stations:read', OF_STATION)
  @ApiList(statusHistoryList)
  list(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Query(zodQuery(statusHistoryList.query)) query: z.output<typeof statusHistoryList.query>,
  ): Promise<ListPage<z.output<typeof historyEntrySchema>>> {
    return statusHistoryList.page(
      query,
      shownAs(this.history.list({ tenant, station }), (rows) => rows.map(historyEntryView)),
    );
  }
}

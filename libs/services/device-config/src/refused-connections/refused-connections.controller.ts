import { Controller, Get, Query } from '@nestjs/common';
import { runForAllTenants } from '@voltbus/database';
import { Administrator, ApiList, Needs, OF_STATIONS, Tenant, zodQuery, type ListPage } from '@voltbus/http';
import type { z } from 'zod';
import { refusedConnectionList } from './refused-connection-list';
import { TypeormRefusedConnections } from './typeorm-refused-connections';

type Refusal = z.output<typeof refusedConnectionList.item>;

/** Refused connections. Those that name no existing tenant are shown to the administrator only. */
@Controller('v1/refused-connections')
export class RefusedConnectionsController {
  constructor(private readonly refusedConnections: TypeormRefusedConnections) {}

  @Get()
  @Needs('refused-connections:read', OF_STATIONS)
  @ApiList(refusedConnectionList)
  list(
    @Tenant() tenant: string,
    @Administrator() administrator: boolean,
    @Query(zodQuery(refusedConnectionList.query)) query: z.output<typeof refusedConnectionList.query>,
  ): Promise<ListPage<Refusal>> {
    const read = () => refusedConnectionList.page(query, this.refusedConnections.list({ tenant, strangers: administrator }));
    return administrator ? runForAllTenants(read) : read();
  }
}

import { Controller, Get, Param, Query } from '@nestjs/common';
import { CsmsError } from '@voltbus/contracts';
import { shownAs } from '@voltbus/database';
import { ApiList, Needs, OF_STATION, Tenant, text, zodQuery, type ListPage } from '@voltbus/http';
import type { z } from 'zod';
import { TypeormMessageLog } from '../store/typeorm-message-log';
import { messageView, type messageSchema } from './message';
import { messageList } from './message-list';

/** The message log of a station: as long as the tenant's `keepMessagesHours` keeps it. */
@Controller('v1/stations/:station/messages')
export class MessagesController {
  constructor(private readonly messageLog: TypeormMessageLog) {}

  @Get()
  @Needs('messages:read', OF_STATION)
  @ApiList(messageList)
  async list(
    @Tenant() tenant: string,
    @Param('station') station: string,
    @Query(zodQuery(messageList.query)) query: z.output<typeof messageList.query>,
  ): Promise<ListPage<z.output<typeof messageSchema>>> {
    // `KnownStationGuard` knows whether there is such a station; it leaves names that none can have to the route.
    if (!text.safeParse(station).success) throw new CsmsError('not-found', 'no such station');
    const copies = this.messageLog.list({ tenant, station }, new Date());
    return messageList.page(
      query,
      shownAs(copies, (rows) => rows.map(messageView)),
    );
  }
}

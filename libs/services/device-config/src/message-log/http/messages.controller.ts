import { Controller, Get, Param, Query } from '@nestjs/common';
import { CsmsError } from '@voltbus/contracts';
import { ApiZodList, Tenant, pageQueryOf, readPage, text, zodQuery, type Page, type Slice } from '@voltbus/http';
import { z } from 'zod';
import { TypeormMessageLog } from '../store/typeorm-message-log';
import { messageSchema, messageView } from './message';

const MAX_TIME = Date.parse('9999-12-31T23:59:59.999Z');
/** Where a page ended: milliseconds, within what a column of time holds, and the number within the station. */
const listQuerySchema = pageQueryOf(z.tuple([z.int().min(0).max(MAX_TIME), z.int().min(0)]));

/** The message log of a station, newest first: as long as the tenant's `keepMessagesHours` keeps it. */
@Controller('v1/stations/:station/messages')
export class MessagesController {
  constructor(private readonly messageLog: TypeormMessageLog) {}

  @Get()
  @ApiZodList(listQuerySchema, messageSchema)
  async list(
    @Tenant() tenant: string,
    @Param('station') station: string,
    @Query(zodQuery(listQuerySchema)) query: z.output<typeof listQuerySchema>,
  ): Promise<Page<z.output<typeof messageSchema>>> {
    // `KnownStationGuard` knows whether there is such a station; it leaves names that none can have to the route.
    if (!text.safeParse(station).success) throw new CsmsError('not-found', 'no such station');
    const read = ({ limit, after }: Slice<[number, number]>) =>
      this.messageLog.page({ ref: { tenant, station }, limit, after: after && { at: after[0], seq: after[1] } }, new Date());
    const copies = await readPage(query, read, ({ at, seq }) => [at, seq]);
    return { ...copies, items: copies.items.map(messageView) };
  }
}

import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { CsmsError } from '@voltbus/contracts';
import { ApiZodList, Tenant, pageQueryOf, readPage, zodQuery, type Page, type Slice } from '@voltbus/http';
import { z } from 'zod';
import type { Service } from '../wiring';
import { DEVICE_CONFIG_SERVICE } from './injection';
import { messageSchema, messageView } from './message';
import { stationNameSchema } from './station';

const MAX_TIME = Date.parse('9999-12-31T23:59:59.999Z');
/** Where a page ended: milliseconds, within what a column of time holds, and the number within the station. */
const listQuerySchema = pageQueryOf(z.tuple([z.int().min(0).max(MAX_TIME), z.int().min(0)]));

/** What a station and we said, newest first: as long as the tenant's `keepMessagesHours` says. */
@Controller('v1/stations/:station/messages')
export class MessagesController {
  constructor(@Inject(DEVICE_CONFIG_SERVICE) private readonly service: Service) {}

  @Get()
  @ApiZodList(listQuerySchema, messageSchema)
  async list(
    @Tenant() tenant: string,
    @Param('station') station: string,
    @Query(zodQuery(listQuerySchema)) query: z.output<typeof listQuerySchema>,
  ): Promise<Page<z.output<typeof messageSchema>>> {
    const ref = { tenant, station };
    const known = stationNameSchema.safeParse(station).success && (await this.service.directory.find(ref)) !== null;
    if (!known) throw new CsmsError('not-found', 'no such station');
    const read = ({ limit, after }: Slice<[number, number]>) =>
      this.service.frames.page({ ref, limit, after: after && { at: after[0], seq: after[1] } }, new Date());
    const copies = await readPage(query, read, ({ at, seq }) => [at, seq]);
    return { ...copies, items: copies.items.map(messageView) };
  }
}

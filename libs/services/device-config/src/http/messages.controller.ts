import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { CsmsError, type FrameCopy } from '@voltbus/contracts';
import { ApiZodQuery, ApiZodResponse, Tenant, page, pageQuerySchema, zodQuery, type Page, type PageQuery } from '@voltbus/http';
import { z } from 'zod';
import type { Service } from '../wiring';
import { DEVICE_CONFIG_SERVICE } from './injection';
import { messageSchema, messageView } from './message';
import { stationNameSchema } from './station';

const cursorSchema = z.tuple([z.int().min(0), z.int().min(0)]);

/** What a station and we said, newest first: as long as the tenant's `keepMessagesHours` says. */
@Controller('v1/stations/:station/messages')
export class MessagesController {
  constructor(@Inject(DEVICE_CONFIG_SERVICE) private readonly service: Service) {}

  @Get()
  @ApiZodQuery(pageQuerySchema)
  @ApiZodResponse(200, z.object({ items: z.array(messageSchema), nextCursor: z.string().nullable() }))
  async list(
    @Tenant() tenant: string,
    @Param('station') station: string,
    @Query(zodQuery(pageQuerySchema)) { limit, cursor }: PageQuery,
  ): Promise<Page<z.output<typeof messageSchema>>> {
    const ref = { tenant, station };
    const known = stationNameSchema.safeParse(station).success && (await this.service.directory.find(ref)) !== null;
    if (!known) throw new CsmsError('not-found', 'no such station');
    const after = cursor === undefined ? null : placeOf(cursor);
    const copies = page(await this.service.frames.page({ ref, limit: limit + 1, after }, new Date()), limit, cursorOf);
    return { ...copies, items: copies.items.map(messageView) };
  }
}

function cursorOf({ at, seq }: FrameCopy): string {
  return JSON.stringify([at, seq]);
}

function placeOf(cursor: string): Pick<FrameCopy, 'at' | 'seq'> {
  const [at, seq] = read(cursor);
  return { at, seq };
}

function read(cursor: string): z.output<typeof cursorSchema> {
  try {
    return cursorSchema.parse(JSON.parse(cursor));
  } catch (cause) {
    throw new CsmsError('bad-request', 'no cursor of this list', {}, { cause });
  }
}

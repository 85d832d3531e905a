import { Controller, Get, Query } from '@nestjs/common';
import { MAX_STATION_LENGTH } from '@voltbus/contracts';
import { Administrator, ApiZodList, Tenant, pageQueryOf, readPage, text, zodQuery, type Page, type Slice } from '@voltbus/http';
import { z } from 'zod';
import { TypeormRefusedConnections } from './typeorm-refused-connections';

const refusalSchema = z
  .object({
    at: z.iso.datetime().describe('When last'),
    tenant: z.string().nullable().describe('As the URL names it; null, like the station, where it is no station\u2019s URL'),
    station: z.string().nullable(),
    remoteAddress: z.string().describe('IP address that it came from'),
    reason: z.string().describe('`wrong-credentials`, `unknown-station`, `blocked` ...: see how-to/find-out-why-a-station-cannot-connect'),
    times: z
      .int()
      .describe('How often for this reason, from this address, in this name: at least, because of a flood only some are reported'),
    firstAt: z.iso.datetime().describe('When first'),
  })
  .meta({ id: 'RefusedConnection', description: 'Connections that were refused for one reason' });
type Refusal = z.output<typeof refusalSchema>;

const position = z.tuple([z.iso.datetime(), text, text, text, text]);
const querySchema = pageQueryOf(position).extend({ station: text.max(MAX_STATION_LENGTH).optional().describe('Only of this station') });

/** Refused connections, newest first. Those that name no existing tenant are shown to the administrator only. */
@Controller('v1/refused-connections')
export class RefusedConnectionsController {
  constructor(private readonly refusedConnections: TypeormRefusedConnections) {}

  @Get()
  @ApiZodList(querySchema, refusalSchema)
  async list(
    @Tenant() tenant: string,
    @Administrator() administrator: boolean,
    @Query(zodQuery(querySchema)) { limit, cursor, station }: z.output<typeof querySchema>,
  ): Promise<Page<Refusal>> {
    const filter = { tenant, strangers: administrator, station: station ?? null };
    const read = (slice: Slice<z.output<typeof position>>) =>
      this.refusedConnections.page({ ...filter, limit: slice.limit, after: slice.after && placeOf(slice.after) });
    return readPage({ limit, cursor }, read, positionOf);
  }
}

function positionOf({ at, tenant, station, remoteAddress, reason }: Refusal): z.output<typeof position> {
  return [at, tenant ?? '', station ?? '', remoteAddress, reason];
}

function placeOf([at, tenant, station, remoteAddress, reason]: z.output<typeof position>) {
  return { at, tenant, station, remoteAddress, reason };
}

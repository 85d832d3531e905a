import { MAX_STATION_LENGTH } from '@voltbus/contracts';
import { anyOf, defineList, instant, text } from '@voltbus/http';
import { z } from 'zod';

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

/** `GET /v1/refused-connections`. */
export const refusedConnectionList = defineList({
  item: refusalSchema,
  keys: ['tenant', 'station', 'remoteAddress', 'reason'],
  filters: {
    station: anyOf(text.max(MAX_STATION_LENGTH)).optional(),
    reason: anyOf(text.max(100)).optional(),
    remoteAddress: anyOf(text.max(100)).optional().describe('The address that was refused'),
    from: instant.optional().describe('Last refused then or later'),
    to: instant.optional().describe('Last refused before'),
  },
  sorts: ['at', 'times'],
  defaultSort: '-at',
});

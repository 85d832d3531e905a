import { text } from '@voltbus/http';
import { z } from 'zod';

const MAX_WAIT_SECONDS = 60;
/** A command that is kept longer than a week would be a setting, which belongs to the desired configuration. */
const MAX_TTL_SECONDS = 604_800;

/** `POST /v1/stations/{station}/commands`. */
export const commandBodySchema = z
  .strictObject({
    action: text.min(1).max(100).describe("A CSMS action of the station's OCPP version"),
    payload: z.record(z.string(), z.unknown()).default({}).describe("The action's request, checked by its schema"),
    wait: z.number().min(0).max(MAX_WAIT_SECONDS).default(0).describe('Seconds to wait for the outcome'),
    ttl: z
      .int()
      .min(0)
      .max(MAX_TTL_SECONDS)
      .default(0)
      .describe('Seconds to keep it while the station is offline; 0: it ends `offline` at once'),
    priority: z.int().min(0).max(9).default(5).describe('0 (first) to 9 (last)'),
  })
  .meta({ id: 'CommandPost', description: 'Something to ask of a station' });
export type CommandBody = z.output<typeof commandBodySchema>;

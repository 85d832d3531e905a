import { z } from 'zod';
import { MODES, STATES } from '../local-list/list';
import { MAX_ENTRIES, MOST_PER_MESSAGE } from '../local-list/local-lists';

/** `PUT /v1/stations/{station}/local-list`. */
export const putLocalListSchema = z.strictObject({
  mode: z.enum(MODES).describe('`tokens`: all tokens of the tenant. `off`: the station keeps what it has, and is sent nothing any more'),
  entriesPerMessage: z
    .int()
    .min(1)
    .max(MOST_PER_MESSAGE)
    .optional()
    .describe(
      'What the station takes at once (SendLocalListMaxLength, ItemsPerMessageSendLocalList); stays as it is when left out, 100 at first',
    ),
});

export const localListSchema = z.object({
  station: z.string(),
  mode: z.enum(MODES),
  entriesPerMessage: z.int(),
  desiredVersion: z.int().nullable().describe('Number of the last change of the tenant\u2019s tokens; null while off'),
  reportedVersion: z.int().nullable().describe('What the station last said it has, or accepted; null: not known'),
  state: z.enum(STATES),
  lastOutcome: z.string().nullable().describe('What the station said last, or how the last question ended'),
  changedAt: z.iso.datetime().nullable(),
  entries: z.int().describe(`Tokens the list stands for; more than ${MAX_ENTRIES} are not counted, nor sent`),
});

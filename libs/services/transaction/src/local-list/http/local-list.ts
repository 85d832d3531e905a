import { z } from 'zod';
import { MODES, STATES } from '../domain/local-list';
import { MAX_ENTRIES, MOST_PER_MESSAGE } from '../list-parts';

/** `PUT /v1/stations/{station}/local-list`. */
export const putLocalListSchema = z.strictObject({
  mode: z.enum(MODES).describe('`tokens`: all tokens of the tenant. `off`: the station keeps what it has, and is sent nothing any more'),
  entriesPerMessage: z
    .int()
    .min(1)
    .max(MOST_PER_MESSAGE)
    .optional()
    .describe(
      'Most that one message may have, and less where the station says so (SendLocalListMaxLength, ItemsPerMessage); stays as it is when left out, 100 at first',
    ),
});

export const localListSchema = z.object({
  station: z.string(),
  mode: z.enum(MODES),
  entriesPerMessage: z.int(),
  desiredVersion: z.int().nullable().describe('Number of the last change of the tenant\u2019s tokens; null while off'),
  reportedVersion: z.int().nullable().describe('What the station last said it has, or accepted; null: not known'),
  state: z
    .enum(STATES)
    .describe(
      '`disabled`: the station does not use its list. `too-long`: it has no room for it. Nothing is sent then; it keeps what it has',
    ),
  lastOutcome: z.string().nullable().describe('What the station said last, or how the last question ended'),
  changedAt: z.iso.datetime().nullable(),
  entries: z.int().describe(`Tokens the list stands for; more than ${MAX_ENTRIES} are not counted, nor sent`),
  stationSays: z
    .object({
      available: z.boolean().nullable().describe('LocalAuthListCtrlr.Available'),
      enabled: z.boolean().nullable().describe('LocalAuthListEnabled, LocalAuthListCtrlr.Enabled'),
      maxEntries: z.int().nullable().describe('LocalAuthListMaxLength, LocalAuthListCtrlr.Entries (maxLimit)'),
      entriesPerMessage: z.int().nullable().describe('SendLocalListMaxLength, LocalAuthListCtrlr.ItemsPerMessage'),
      bytesPerMessage: z.int().nullable().describe('LocalAuthListCtrlr.BytesPerMessage'),
    })
    .describe('What it said of its list when it was last asked; null: nothing, or nothing that can be used'),
});

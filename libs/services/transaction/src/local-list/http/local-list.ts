import type { Resource } from '@voltbus/http';
import { z } from 'zod';
import { MODES, STATES } from '../domain/local-list';
import type { LocalListSettings } from '../local-list-settings';
import { ENTRIES_PER_MESSAGE, MAX_ENTRIES, MOST_PER_MESSAGE } from '../list-parts';

const modeSchema = z.enum(MODES).meta({ id: 'LocalListMode', description: '`tokens`: all tokens of the tenant. `off`: nothing any more' });

/** `PUT /v1/stations/{station}/local-list`. */
const putLocalListSchema = z
  .strictObject({
    mode: modeSchema.describe('`tokens`: all tokens of the tenant. `off`: the station keeps what it has, and is sent nothing any more'),
    entriesPerMessage: z
      .int()
      .min(1)
      .max(MOST_PER_MESSAGE)
      .default(ENTRIES_PER_MESSAGE)
      .describe(
        `The most entries of one message; a station may report less (SendLocalListMaxLength, ItemsPerMessage). Default: ${ENTRIES_PER_MESSAGE}`,
      ),
  })
  .meta({ id: 'LocalListPut', description: 'What local list a station shall have' });

export const localListResource: Resource<typeof putLocalListSchema, LocalListSettings> = {
  noun: 'local list',
  schema: putLocalListSchema,
  writtenAs: ({ mode, entriesPerMessage }) => ({ mode, entriesPerMessage }),
};

export const localListSchema = z
  .object({
    station: z.string(),
    mode: modeSchema.describe('What the station is sent'),
    entriesPerMessage: z.int(),
    desiredVersion: z.int().nullable().describe('Number of the last change of the tenant\u2019s tokens; null while off'),
    reportedVersion: z.int().nullable().describe('The version that the station last reported or accepted; null: not known'),
    state: z
      .enum(STATES)
      .describe(
        '`disabled`: the station does not use its list. `too-long`: it has no room for it. Nothing is sent then; it keeps what it has',
      ),
    lastOutcome: z.string().nullable().describe('The last answer of the station, or how the last command ended'),
    changedAt: z.iso.datetime().nullable().describe('When the state last changed; null: never'),
    entries: z.int().describe(`Tokens the list stands for; more than ${MAX_ENTRIES} are not counted, nor sent`),
    stationSays: z
      .object({
        available: z.boolean().nullable().describe('LocalAuthListCtrlr.Available'),
        enabled: z.boolean().nullable().describe('LocalAuthListEnabled, LocalAuthListCtrlr.Enabled'),
        maxEntries: z.int().nullable().describe('LocalAuthListMaxLength, LocalAuthListCtrlr.Entries (maxLimit)'),
        entriesPerMessage: z.int().nullable().describe('SendLocalListMaxLength, LocalAuthListCtrlr.ItemsPerMessage'),
        bytesPerMessage: z.int().nullable().describe('LocalAuthListCtrlr.BytesPerMessage'),
      })
      .meta({ id: 'LocalListCapabilities', description: 'What a station says of its local list' })
      .describe('The list capabilities that the station last reported; null: not reported, or not readable'),
  })
  .meta({ id: 'LocalList', description: 'The local list of a station: what it shall have, and what it says it has' });

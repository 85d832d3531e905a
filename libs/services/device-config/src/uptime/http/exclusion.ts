import { MAX_STATION_LENGTH } from '@voltbus/contracts';
import { anyOf, defineList, evseNumber, instant, oneOf, reason, text } from '@voltbus/http';
import { z } from 'zod';
import { EXCLUSION_REASONS } from '../domain/outage-totals';
import type { Exclusion } from '../store/typeorm-uptime-exclusions';

const reasonSchema = z.enum(EXCLUSION_REASONS).meta({
  id: 'UptimeExclusionReason',
  description:
    'What 23 CFR 680.116(b)(3) lets leave out. `outside-hours`: the station could not be accessed then, which counts for SI 2023/1168 too',
});

/** `POST /v1/uptime-exclusions`. */
export const postExclusionSchema = z
  .strictObject({
    station: text.min(1).max(MAX_STATION_LENGTH).describe('Of which station'),
    evse: evseNumber.nullable().default(null).describe('The port; null, the default: all of the station'),
    from: instant.describe('Beginning'),
    to: instant.describe('After `from`; the exclusion ends before it'),
    reason: reasonSchema.describe('Why it is left out'),
    note: reason.nullable().default(null).describe('For people and auditors: how it is shown that the port would have worked otherwise'),
  })
  .refine(({ from, to }) => from < to, { path: ['to'], error: 'is not after from' })
  .meta({ id: 'UptimeExclusionPost', description: 'An outage that reports of uptime shall leave out' });

export const exclusionSchema = z
  .object({
    id: z.uuid().describe('Its id'),
    station: z.string().describe('Of which station'),
    evse: z.int().nullable().describe('Null: all of the station'),
    from: z.iso.datetime().describe('Beginning'),
    to: z.iso.datetime().describe('End, which is not in it'),
    reason: reasonSchema.describe('Why it is left out'),
    note: z.string().nullable().describe('For people and auditors; null: none'),
    createdBy: z.string().describe('Id of an API key, or `administrator`'),
    createdAt: z.iso.datetime().describe('When it was made'),
  })
  .meta({ id: 'UptimeExclusion', description: 'An outage that reports of uptime leave out' });

/** `GET /v1/uptime-exclusions`. */
export const exclusionList = defineList({
  item: exclusionSchema,
  keys: ['id'],
  filters: {
    station: anyOf(text.max(MAX_STATION_LENGTH)).optional(),
    reason: oneOf(EXCLUSION_REASONS).optional(),
    from: instant.optional().describe('That end then or later'),
    to: instant.optional().describe('That begin before'),
  },
  sorts: ['from'],
  defaultSort: '-from',
});

export function exclusionView({ from, to, createdAt, ...rest }: Exclusion): z.output<typeof exclusionSchema> {
  return { ...rest, from: from.toISOString(), to: to.toISOString(), createdAt: createdAt.toISOString() };
}

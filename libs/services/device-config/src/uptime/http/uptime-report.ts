import { MAX_STATION_LENGTH } from '@voltbus/contracts';
import { anyOf, defineList, text } from '@voltbus/http';
import { z } from 'zod';
import type { UptimeReport } from '../uptime-reports';

const minutes = (description: string) => z.number().describe(`Minutes ${description}`);
const percent = z.number().min(0).max(100);

const neviSchema = z
  .object({
    from: z.iso.datetime().describe('Beginning'),
    to: z.iso.datetime().describe('End, which is not in it'),
    outageMinutes: minutes('in which it was faulted, unavailable or offline (T_outage)'),
    excludedMinutes: minutes('of these within exclusions (T_excluded)'),
    uptimePercent: percent.describe('(525,600 - (T_outage - T_excluded)) / 525,600'),
  })
  .meta({ id: 'NeviUptime', description: 'Uptime by 23 CFR 680.116(b), of the twelve months to the end of the month' });

const ukSchema = z
  .object({
    from: z.iso.datetime().describe('Beginning'),
    to: z.iso.datetime().describe('End, which is not in it'),
    assessedMinutes: minutes('within the hours of access'),
    reliableMinutes: minutes('of these in which it was neither faulted nor unavailable'),
    reliabilityPercent: percent
      .nullable()
      .describe('Null: no time is assessed. The average of a network is the sum of its `reliableMinutes` by that of its `assessedMinutes`'),
  })
  .meta({ id: 'UkReliability', description: 'Reliability by regulation 7 of SI 2023/1168, of the calendar year to the end of the month' });

export const uptimeSchema = z
  .object({
    station: z.string().describe('Of which station'),
    evse: z.int().describe('The port: what charges one vehicle at a time'),
    evseId: z.string().nullable().describe('By ISO 15118; null: none is set'),
    group: z.string().nullable().describe('Of the station; null: none'),
    month: z.string().describe('In the time zone of the station'),
    timeZone: z.string().describe('Of the station; UTC where it has none'),
    from: z.iso.datetime().describe('Beginning'),
    to: z.iso.datetime().describe('Of a month that is not over: now'),
    upMinutes: minutes('in which it could be used, or was in use'),
    faultedMinutes: minutes('in which all its connectors, or its station, were faulted'),
    unavailableMinutes: minutes('in which none of its connectors could be used otherwise'),
    offlineMinutes: minutes('in which its station was not connected, and nothing else is known to be wrong'),
    unknownMinutes: minutes('before anything was reported of it'),
    excludedMinutes: minutes('of outage within exclusions'),
    nevi: neviSchema.describe('By the rule of the United States'),
    uk: ukSchema.describe('By the rule of the United Kingdom'),
  })
  .meta({ id: 'UptimeReport', description: 'How much of a month a port could be used' });

const monthText = z
  .string()
  .regex(/^20[2-9][0-9]-(0[1-9]|1[0-2])$/, 'is no month such as 2026-10')
  .describe('A month in the time zone of each station, such as `2026-10`. Default: the last month that is over');

export const uptimeFilters = {
  month: monthText.optional(),
  station: anyOf(text.max(MAX_STATION_LENGTH)).optional(),
  group: anyOf(text.max(100)).optional().describe('Group of the station, as it is spelt'),
};

/** `GET /v1/uptime`. */
export const uptimeList = defineList({
  item: uptimeSchema,
  keys: ['station', 'evse', 'month'],
  filters: uptimeFilters,
  sorts: ['station'],
  defaultSort: 'station',
});

const MINUTE_MS = 60_000;

export function uptimeView({ span, totals, nevi, uk, ...port }: UptimeReport): z.output<typeof uptimeSchema> {
  const { total, excluded } = totals;
  const { station, evse, evseId, group, month, timeZone } = port;
  return {
    ...{ station, evse, evseId, group, month, timeZone, ...shownSpan(span) },
    upMinutes: rounded(total.up / MINUTE_MS),
    faultedMinutes: rounded(total.faulted / MINUTE_MS),
    unavailableMinutes: rounded(total.unavailable / MINUTE_MS),
    offlineMinutes: rounded(total.offline / MINUTE_MS),
    unknownMinutes: rounded(total.unknown / MINUTE_MS),
    excludedMinutes: rounded((excluded.faulted + excluded.unavailable + excluded.offline) / MINUTE_MS),
    nevi: {
      ...shownSpan(nevi),
      outageMinutes: rounded(nevi.outageMinutes),
      excludedMinutes: rounded(nevi.excludedMinutes),
      uptimePercent: rounded(nevi.uptimePercent),
    },
    uk: {
      ...shownSpan(uk),
      assessedMinutes: rounded(uk.assessedMinutes),
      reliableMinutes: rounded(uk.reliableMinutes),
      reliabilityPercent: uk.reliabilityPercent === null ? null : rounded(uk.reliabilityPercent),
    },
  };
}

function shownSpan({ from, to }: { from: number; to: number }): { from: string; to: string } {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

/** To three places. */
function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

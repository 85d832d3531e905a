import { MAX_STATION_GROUP_LENGTH } from '@voltbus/contracts';
import { text } from '@voltbus/http';
import { z } from 'zod';
import { WEEKDAYS } from '../domain/window';
import { AT_ONCE, JITTER_SECONDS, MAX_FAILURES, MAX_NAMES, MAX_REST_HOURS, MAX_STATIONS, MAX_WAVES, WAVE_HOURS } from '../limits';

/** Longest name, and value of a condition. */
export const MAX_TEXT = 100;
const names = (most: number) => z.array(text.trim().min(1).max(most)).max(MAX_NAMES).default([]);

export const filterSchema = z
  .strictObject({
    vendors: names(MAX_TEXT).describe('Stations of one of these vendors, without regard to case; empty: of any'),
    models: names(MAX_TEXT).describe('Stations of one of these models, without regard to case; empty: of any'),
    firmwareVersions: names(MAX_TEXT).describe(
      'Stations whose firmware fits one of these patterns, in which `*` stands for any characters; empty: of any',
    ),
    groups: names(MAX_STATION_GROUP_LENGTH).describe('Stations of one of these station groups, without regard to case; empty: of any'),
  })
  .meta({ id: 'StationFilter', description: 'Chooses the stations that meet every condition' });

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is no time of day such as 01:30');
const windowSchema = z
  .strictObject({
    from: clock.describe('Beginning'),
    to: clock.describe('End, which is not in it; before `from`: on the next day'),
    weekdays: z
      .array(z.enum(WEEKDAYS))
      .max(WEEKDAYS.length)
      .default([])
      .describe('The days on which it begins, by the calendar where a station stands; empty: each day'),
  })
  .refine(({ from, to }) => from !== to, { path: ['to'], error: 'is the same as from' })
  .meta({ id: 'CampaignWindow', description: 'Hours of each day, or of some days of the week, by the clocks where a station stands' });

const waveSchema = z
  .strictObject({
    stations: z.int().min(1).max(MAX_STATIONS).exactOptional().describe('So many stations'),
    percent: z.number().gt(0).max(100).exactOptional().describe('A share of all stations of the campaign, rounded up'),
  })
  .refine(({ stations, percent }) => (stations === undefined) !== (percent === undefined), { error: 'has either stations or percent' })
  .meta({ id: 'CampaignWaveSize', description: 'How many stations a wave has: a number or a share, not both' });

export const planMembers = {
  waves: z
    .array(waveSchema)
    .max(MAX_WAVES)
    .describe('The first waves, in order; the stations that they leave over are the last one. Empty: all are one wave'),
  window: windowSchema.nullable().describe('When stations may be asked; null: at any time'),
  timeZone: z.string().describe('Of stations whose place has none; IANA name'),
  jitterSeconds: z
    .int()
    .min(0)
    .max(JITTER_SECONDS.most)
    .describe('Seconds over which the stations of a wave are spread from its beginning, and from each opening of the window'),
  atOnce: z.int().min(1).max(AT_ONCE.most).describe('Stations at work at once, at most'),
  maxFailures: z.int().min(0).max(MAX_FAILURES.most).describe('The campaign stops by itself when more stations have failed'),
  waveHours: z
    .int()
    .min(1)
    .max(WAVE_HOURS.most)
    .describe('Hours that a wave waits for stations that cannot be asked, because they are not connected or the window is closed'),
  restHours: z
    .int()
    .min(0)
    .max(MAX_REST_HOURS)
    .describe('Hours between the end of a wave and the beginning of the next, in which you can watch what was done'),
};

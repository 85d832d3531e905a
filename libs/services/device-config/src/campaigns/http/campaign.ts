import { MAX_STATION_GROUP_LENGTH, MAX_STATION_LENGTH } from '@voltbus/contracts';
import { anyOf, defineList, instant, oneOf, text } from '@voltbus/http';
import { z } from 'zod';
import { timeZoneName } from '../../stations/time-zone-name';
import { imageNameSchema, updateOptions } from '../../firmware';
import type { CampaignReport } from '../campaigns';
import { APPROVAL_REASONS, CAMPAIGN_STATES, MEMBER_STATES, type Approval } from '../domain/campaign';
import { minutesOf } from '../domain/window';
import { firmwareWorkOf } from '../kinds/firmware-work';
import { AT_ONCE, JITTER_SECONDS, MAX_FAILURES, MAX_NAMES, MAX_STATIONS, MAX_WAVES, WAVE_HOURS } from '../limits';
import type { CampaignStation } from '../store/campaign-lists';

const MAX_TEXT = 100;
const names = (most: number) => z.array(text.trim().min(1).max(most)).max(MAX_NAMES).default([]);

const filterSchema = z
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
  .strictObject({ from: clock.describe('Beginning'), to: clock.describe('End, which is not in it; before `from`: on the next day') })
  .refine(({ from, to }) => from !== to, { path: ['to'], error: 'is the same as from' })
  .meta({ id: 'CampaignWindow', description: 'Hours of each day, by the clocks where a station stands' });

const waveSchema = z
  .strictObject({
    stations: z.int().min(1).max(MAX_STATIONS).exactOptional().describe('So many stations'),
    percent: z.number().gt(0).max(100).exactOptional().describe('A share of all stations of the campaign, rounded up'),
  })
  .refine(({ stations, percent }) => (stations === undefined) !== (percent === undefined), { error: 'has either stations or percent' })
  .meta({ id: 'CampaignWaveSize', description: 'How many stations a wave has: a number or a share, not both' });

const planMembers = {
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
};

/** `POST /v1/campaigns`. */
export const createCampaignSchema = z
  .strictObject({
    name: text.trim().min(1).max(MAX_TEXT).describe('For people'),
    kind: z.enum(['firmware']).default('firmware').describe('What is done at the stations'),
    image: imageNameSchema.describe('Name of the firmware image'),
    ...updateOptions,
    filter: filterSchema
      .prefault({})
      .describe('The stations; those that the image is not for, or that run it already, are left out. It is evaluated once'),
    waves: planMembers.waves.default([{ percent: 5 }, { percent: 25 }]),
    window: planMembers.window.default(null),
    timeZone: timeZoneName.default('UTC').describe('Of stations whose place has none; IANA name'),
    jitterSeconds: planMembers.jitterSeconds.default(JITTER_SECONDS.usual),
    atOnce: planMembers.atOnce.default(AT_ONCE.usual),
    maxFailures: planMembers.maxFailures.default(MAX_FAILURES.usual),
    waveHours: planMembers.waveHours.default(WAVE_HOURS.usual),
    paused: z.boolean().default(false).describe('Nothing is asked until it is resumed; its stations and waves can be looked at before'),
    needsApproval: z
      .boolean()
      .default(false)
      .describe('It begins only when a second person has approved it, also where no setting demands that'),
  })
  .refine(({ window, jitterSeconds }) => window === null || jitterSeconds < minutesOf(window) * 60, {
    path: ['jitterSeconds'],
    error: 'is as long as the window: some stations would never be asked',
  })
  .meta({ id: 'CampaignCreate', description: 'Work that is brought to many stations in waves' });

const count = (description: string) => z.int().describe(description);
const waveReportSchema = z
  .object({
    wave: count('From 1'),
    stations: count('All of its stations'),
    pending: count('Not asked yet'),
    started: count('Asked, and not at an end'),
    succeeded: count('Shown to be done'),
    failed: count('Failed'),
    skipped: count('Nothing to do, or they could not be asked'),
  })
  .meta({ id: 'CampaignWave', description: 'A wave, and how far it is' });

const approvalSchema = z
  .object({
    reason: z
      .enum(APPROVAL_REASONS)
      .describe('Why it is needed: for the number of stations, because it is a firmware, or because its maker wanted it'),
    until: z.iso.datetime().describe('The campaign is over if nobody has approved it by then'),
    decidedBy: z
      .string()
      .nullable()
      .describe('Who approved or refused it: id of an API key, subject of an access token, or `administrator`'),
    decidedAt: z.iso.datetime().nullable().describe('When they did; null: nobody has'),
  })
  .meta({ id: 'CampaignApproval', description: 'The approval of a campaign by a second person' });

export const campaignSchema = z
  .object({
    id: z.guid().describe('Id of the campaign'),
    name: z.string().describe('For people'),
    kind: z.enum(['firmware']).describe('What is done at the stations'),
    image: z.string().describe('Name of the firmware image, which is as it was when the campaign was made'),
    firmwareVersion: z.string().nullable().describe('The version that stations report once they run it; null: not known'),
    state: z
      .enum(CAMPAIGN_STATES)
      .describe(
        '`stopped`: by itself, as too many stations failed. `paused` and `stopped` can be resumed; `done`, `cancelled`, `refused` by a second person, and `expired` before one approved it are ends',
      ),
    wave: count('The wave that goes on'),
    progress: z.array(waveReportSchema).describe('Its waves in order'),
    filter: filterSchema.describe('Which stations it was made for'),
    ...planMembers,
    approval: approvalSchema.nullable().describe('That of a second person; null: it needed none'),
    createdBy: z.string().describe('Id of an API key, or `administrator`'),
    createdAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Campaign', description: 'Work that is brought to many stations in waves, and how far it is' });

/** `GET /v1/campaigns`. */
export const campaignList = defineList({
  item: campaignSchema,
  keys: ['id'],
  filters: {
    state: oneOf(CAMPAIGN_STATES).optional(),
    kind: oneOf(['firmware'] as const)
      .optional()
      .describe('What is done at the stations'),
    from: instant.optional().describe('Created then or later'),
    to: instant.optional().describe('Created before'),
  },
  sorts: ['createdAt'],
  defaultSort: '-createdAt',
});

const campaignStationSchema = z
  .object({
    station: z.string(),
    wave: count('From 1'),
    state: z.enum(MEMBER_STATES).describe('`skipped`: there was nothing to do, or it could not be asked'),
    reason: z
      .string()
      .nullable()
      .describe(
        'Why it failed or was skipped: `does-not-fit`, `runs-already`, `not-reached` in the time of its wave, `cancelled`, `refused` and `expired` as the campaign, or as its update has it',
      ),
    update: z.guid().nullable().describe('Id of its firmware update; null: it was not asked'),
    attempts: count('Times that it was asked; more than once only where it never heard of it'),
    startedAt: z.iso.datetime().nullable(),
    endedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'CampaignStation', description: 'A station of a campaign, and what came of the work there' });

/** `GET /v1/campaigns/{id}/stations`. */
export const campaignStationList = defineList({
  item: campaignStationSchema,
  keys: ['station'],
  filters: {
    station: anyOf(text.max(MAX_STATION_LENGTH)).optional(),
    state: oneOf(MEMBER_STATES).optional(),
    reason: anyOf(text.max(MAX_TEXT)).optional(),
  },
  sorts: ['station', 'wave'],
  defaultSort: 'station',
});

export function campaignView({ campaign, waves }: CampaignReport): z.output<typeof campaignSchema> {
  const { id, name, kind, state, wave, plan, approval, createdBy, createdAt, endedAt } = campaign;
  const { image } = firmwareWorkOf(campaign);
  const { filter, waves: sizes, window, timeZone, jitterSeconds, atOnce, maxFailures, waveHours } = plan;
  const progress = waves.map(({ wave: nth, pending, started, succeeded, failed, skipped }) => ({
    ...{ wave: nth, stations: pending + started + succeeded + failed + skipped },
    ...{ pending, started, succeeded, failed, skipped },
  }));
  return {
    ...{ id, name, kind, image: image.image, firmwareVersion: image.firmwareVersion, state, wave, progress },
    ...{ filter, waves: [...sizes], window, timeZone, jitterSeconds, atOnce, maxFailures, waveHours },
    approval: approval === null ? null : shownApproval(approval),
    ...{ createdBy, createdAt: createdAt.toISOString(), endedAt: endedAt?.toISOString() ?? null },
  };
}

function shownApproval({ reason, until, decidedBy, decidedAt }: Approval): z.output<typeof approvalSchema> {
  return { reason, until, decidedBy, decidedAt };
}

export function campaignStationView({ work, startedAt, endedAt, ...rest }: CampaignStation): z.output<typeof campaignStationSchema> {
  return { ...rest, update: work, startedAt: startedAt?.toISOString() ?? null, endedAt: endedAt?.toISOString() ?? null };
}

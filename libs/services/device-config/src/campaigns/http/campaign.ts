import { MAX_STATION_LENGTH } from '@voltbus/contracts';
import { anyOf, defineList, instant, oneOf, text } from '@voltbus/http';
import { z } from 'zod';
import { timeZoneName } from '../../stations/time-zone-name';
import { attributeTypeSchema, nameMembers, SETTING_RESULTS } from '../../device-model';
import type { CampaignReport } from '../campaigns';
import { APPROVAL_REASONS, CAMPAIGN_KINDS, CAMPAIGN_STATES, MEMBER_STATES, type Approval } from '../domain/campaign';
import { minutesOf } from '../domain/window';
import { AT_ONCE, JITTER_SECONDS, MAX_FAILURES, WAVE_HOURS } from '../limits';
import type { CampaignStation } from '../store/campaign-lists';
import { filterSchema, MAX_TEXT, planMembers } from './campaign-plan';
import { shownWork, shownWorkSchema, workSchema } from './campaign-work';

/** `POST /v1/campaigns`. */
export const createCampaignSchema = z
  .strictObject({
    name: text.trim().min(1).max(MAX_TEXT).describe('For people'),
    work: workSchema,
    filter: filterSchema
      .prefault({})
      .describe(
        'The stations; those at which there is nothing to do, such as those that run the image already, are left out. It is evaluated once',
      ),
    waves: planMembers.waves.default([{ percent: 5 }, { percent: 25 }]),
    window: planMembers.window.default(null),
    timeZone: timeZoneName.default('UTC').describe('Of stations whose place has none; IANA name'),
    jitterSeconds: planMembers.jitterSeconds.default(JITTER_SECONDS.usual),
    atOnce: planMembers.atOnce.default(AT_ONCE.usual),
    maxFailures: planMembers.maxFailures.default(MAX_FAILURES.usual),
    waveHours: planMembers.waveHours.default(WAVE_HOURS.usual),
    restHours: planMembers.restHours.default(0),
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
      .describe('Why it is needed: for the number of stations, for what it does whatever their number, or because its maker wanted it'),
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
    work: shownWorkSchema,
    state: z
      .enum(CAMPAIGN_STATES)
      .describe(
        '`stopped`: by itself, as too many stations failed. `paused` and `stopped` can be resumed; `done`, `cancelled`, `refused` by a second person, and `expired` before one approved it are ends',
      ),
    wave: count('The wave that goes on, or begins next'),
    waveAt: z.iso.datetime().describe('When that wave began, or begins after the rest; later where it was resumed'),
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
    kind: oneOf(CAMPAIGN_KINDS).optional().describe('What is done at the stations'),
    from: instant.optional().describe('Created then or later'),
    to: instant.optional().describe('Created before'),
  },
  sorts: ['createdAt'],
  defaultSort: '-createdAt',
});

const settingItemSchema = z
  .object({
    ...nameMembers,
    attribute: attributeTypeSchema.describe('Which value of the variable'),
    value: z.string().describe('What it was to be'),
    result: z
      .enum(SETTING_RESULTS)
      .nullable()
      .describe('Null: nothing yet. `reboot-required`: the station uses it after its next boot, which is left to you'),
  })
  .meta({ id: 'CampaignSetting', description: 'A value that a campaign sets at a station' });

const campaignStationSchema = z
  .object({
    station: z.string(),
    wave: count('From 1'),
    state: z.enum(MEMBER_STATES).describe('`skipped`: there was nothing to do, or it could not be asked'),
    reason: z
      .string()
      .nullable()
      .describe(
        'Why it failed or was skipped: `not-reached` in the time of its wave, `cancelled`, `refused` and `expired` as the campaign, `lost` where something else took the place of the work, and what its kind says (docs/how-to/run-campaigns.md)',
      ),
    work: z
      .guid()
      .nullable()
      .describe(
        'Id of what was begun at it: a firmware update, a raise of the security profile, a password rotation, a set of values, a renewal of a certificate; null: it was not asked',
      ),
    values: z.array(settingItemSchema).nullable().describe('What came of each value that was to be set; null: nothing was'),
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
  const { id, name, state, wave, waveAt, plan, approval, createdBy, createdAt, endedAt } = campaign;
  const { filter, waves: sizes, window, timeZone, jitterSeconds, atOnce, maxFailures, waveHours, restHours = 0 } = plan;
  const progress = waves.map(({ wave: nth, pending, started, succeeded, failed, skipped }) => ({
    ...{ wave: nth, stations: pending + started + succeeded + failed + skipped },
    ...{ pending, started, succeeded, failed, skipped },
  }));
  return {
    ...{ id, name, work: shownWork(campaign), state, wave, waveAt: waveAt.toISOString(), progress },
    ...{ filter, waves: [...sizes], timeZone, jitterSeconds, atOnce, maxFailures, waveHours, restHours },
    window: window === null ? null : { ...window, weekdays: [...(window.weekdays ?? [])] },
    approval: approval === null ? null : shownApproval(approval),
    ...{ createdBy, createdAt: createdAt.toISOString(), endedAt: endedAt?.toISOString() ?? null },
  };
}

function shownApproval({ reason, until, decidedBy, decidedAt }: Approval): z.output<typeof approvalSchema> {
  return { reason, until, decidedBy, decidedAt };
}

export function campaignStationView({ startedAt, endedAt, values, ...rest }: CampaignStation): z.output<typeof campaignStationSchema> {
  const shown = values?.map(({ name, attribute, value, result }) => ({ ...name, attribute, value, result })) ?? null;
  return { ...rest, values: shown, startedAt: startedAt?.toISOString() ?? null, endedAt: endedAt?.toISOString() ?? null };
}

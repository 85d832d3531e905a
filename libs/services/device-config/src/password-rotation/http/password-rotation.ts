import { MAX_STATION_GROUP_LENGTH, MAX_STATION_LENGTH } from '@voltbus/contracts';
import { anyOf, defineList, oneOf, text } from '@voltbus/http';
import { z } from 'zod';
import { ROTATION_STATES } from '../domain/rotation';
import { MAX_CAMPAIGN_STATIONS, MAX_STATIONS_PER_HOUR } from '../limits';
import type { ListedRotation } from '../store/rotation-list';
import type { Campaign } from '../store/typeorm-password-campaigns';

const stateSchema = z.enum(ROTATION_STATES).meta({
  id: 'PasswordRotationState',
  description:
    'The old password and the new one are accepted in the first four. `waiting`: it is sent when the station is connected. `sent`: the station has not answered. `accepted`: the station has not come back with it. `unconfirmed`: nobody knows whether the station has it. `done`: the new one alone is accepted. `refused`, `expired`, `superseded`: the new one is not accepted',
});

export const rotationSchema = z
  .object({
    station: z.string(),
    id: z.uuid(),
    state: stateSchema,
    reason: z.string().nullable().describe('Why it is there, for a person; null: as it should be'),
    tries: z.int().describe('Attempts that had no usable answer'),
    nextAt: z.iso.datetime().nullable().describe('When it is sent next, at the earliest; null: not by itself'),
    startedAt: z.iso.datetime(),
    sentAt: z.iso.datetime().nullable().describe('When it was sent last'),
    acceptedAt: z.iso.datetime().nullable().describe('When the station accepted it'),
    endedAt: z.iso.datetime().nullable(),
    campaign: z.uuid().nullable().describe('The campaign that it is part of'),
  })
  .meta({ id: 'PasswordRotation', description: 'The replacement of the password of a station. The password is never shown' });

/** `GET /v1/password-rotations`. */
export const rotationList = defineList({
  item: rotationSchema,
  keys: ['station'],
  filters: {
    station: anyOf(text.max(MAX_STATION_LENGTH)).optional(),
    state: oneOf(ROTATION_STATES).optional(),
    campaign: anyOf(z.uuid()).optional().describe('Part of this campaign'),
  },
  sorts: ['station', 'startedAt'],
  defaultSort: '-startedAt',
});

export const startCampaignSchema = z
  .strictObject({
    groups: z.array(text.min(1).max(MAX_STATION_GROUP_LENGTH)).min(1).max(100).exactOptional().describe('Only stations of these groups'),
    stationsPerHour: z
      .int()
      .min(1)
      .max(MAX_STATIONS_PER_HOUR)
      .default(600)
      .describe('On average: each station begins at a random instant of the time that all of them need'),
    maxFailures: z
      .int()
      .min(1)
      .max(MAX_CAMPAIGN_STATIONS)
      .default(10)
      .describe('The campaign stops when so many rotations were refused or are unconfirmed'),
  })
  .meta({ id: 'PasswordCampaignStart', description: 'Which stations get new passwords, and how fast' });

const CAMPAIGN_STATES = ['running', 'stopped', 'done'] as const;

export const campaignSchema = z
  .object({
    id: z.uuid(),
    state: z.enum(CAMPAIGN_STATES).describe('`stopped`: no further station begins, and those that have begun go on'),
    reason: z.string().nullable().describe('Why it stopped; null: it has not'),
    groups: z.array(z.string()).nullable().describe('Only stations of these; null: all'),
    stationsPerHour: z.int(),
    maxFailures: z.int(),
    createdAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    stations: z
      .object({ total: z.int(), waiting: z.int(), underWay: z.int(), done: z.int(), failed: z.int() })
      .describe('How many are where: their rotations are `GET /v1/password-rotations?campaign=`'),
  })
  .meta({ id: 'PasswordCampaign', description: 'New passwords for many stations, at a pace' });

/** `GET /v1/password-campaigns`. */
export const campaignList = defineList({
  item: campaignSchema,
  keys: ['id'],
  filters: { state: oneOf(CAMPAIGN_STATES).optional() },
  sorts: ['createdAt'],
  defaultSort: '-createdAt',
});

export function rotationView(rotation: ListedRotation): z.output<typeof rotationSchema> {
  const { station, id, state, reason, tries, campaign, nextAt, startedAt, sentAt, acceptedAt, endedAt } = rotation;
  const [shownNext, sent, accepted, ended] = [nextAt, sentAt, acceptedAt, endedAt].map((at) => at?.toISOString() ?? null);
  return {
    ...{ station, id, state, reason, tries, campaign, startedAt: startedAt.toISOString() },
    ...{ nextAt: shownNext ?? null, sentAt: sent ?? null, acceptedAt: accepted ?? null, endedAt: ended ?? null },
  };
}

export function campaignView({ actor: _, createdAt, endedAt, ...campaign }: Campaign): z.output<typeof campaignSchema> {
  return { ...campaign, createdAt: createdAt.toISOString(), endedAt: endedAt?.toISOString() ?? null };
}

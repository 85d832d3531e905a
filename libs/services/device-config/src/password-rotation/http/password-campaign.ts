import { MAX_STATION_GROUP_LENGTH } from '@voltbus/contracts';
import { defineList, oneOf, text } from '@voltbus/http';
import { z } from 'zod';
import { MAX_CAMPAIGN_STATIONS, MAX_STATIONS_PER_HOUR } from '../limits';
import { CAMPAIGN_STATES } from '../store/campaign-list';
import type { Campaign } from '../store/typeorm-password-campaigns';

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

const stationsSchema = z
  .object({
    total: z.int().describe('All of the campaign'),
    waiting: z.int().describe('Their turn has not come'),
    underWay: z.int().describe('Their rotation is open'),
    done: z.int().describe('They use the new password'),
    failed: z.int().describe('Their rotation was refused or is unconfirmed'),
    skipped: z.int().describe('Removed, without a password, or given one otherwise'),
  })
  .meta({ id: 'PasswordCampaignStations', description: 'How many stations of a campaign are where' });

export const campaignSchema = z
  .object({
    id: z.uuid().describe('Ours'),
    state: z.enum(CAMPAIGN_STATES).describe('`stopped`: no further station begins, and those that have begun go on'),
    reason: z.string().nullable().describe('Why it stopped; null: it has not'),
    groups: z.array(z.string()).nullable().describe('Only stations of these; null: all'),
    stationsPerHour: z.int().describe('On average'),
    maxFailures: z.int().describe('It stops when so many rotations were refused or are unconfirmed'),
    createdAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    stations: stationsSchema.describe('How many are where: their rotations are `GET /v1/password-rotations?campaign=`'),
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

export function campaignView({ actor: _, createdAt, endedAt, ...campaign }: Campaign): z.output<typeof campaignSchema> {
  return { ...campaign, createdAt: createdAt.toISOString(), endedAt: endedAt?.toISOString() ?? null };
}

import { MAX_STATION_LENGTH } from '@voltbus/contracts';
import { anyOf, defineList, oneOf, text } from '@voltbus/http';
import { z } from 'zod';
import { ROTATION_STATES } from '../domain/rotation';
import type { ListedRotation } from '../store/rotation-list';

const stateSchema = z.enum(ROTATION_STATES).meta({
  id: 'PasswordRotationState',
  description:
    'The old password and the new one are accepted in the first four. `waiting`: it is sent when the station is connected. `sent`: the station has not answered. `accepted`: the station has not come back with it. `unconfirmed`: nobody knows whether the station has it. `done`: the new one alone is accepted. `refused`, `expired`, `cancelled`, `superseded`: the new one is not accepted',
});

export const rotationSchema = z
  .object({
    station: z.string(),
    id: z.uuid().describe('Ours'),
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

export const decisionSchema = z
  .strictObject({
    keep: z.enum(['old', 'new']).describe('The password that the station has, as you know it: the other one is not accepted any more'),
  })
  .meta({ id: 'PasswordRotationDecision', description: 'Which of its two passwords a station may use from now on' });

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

export function rotationView(rotation: ListedRotation): z.output<typeof rotationSchema> {
  const { station, id, state, reason, tries, campaign, nextAt, startedAt, sentAt, acceptedAt, endedAt } = rotation;
  return {
    ...{ station, id, state, reason, tries, campaign },
    startedAt: startedAt.toISOString(),
    nextAt: nextAt?.toISOString() ?? null,
    sentAt: sentAt?.toISOString() ?? null,
    acceptedAt: acceptedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
  };
}

import { MAX_STATION_LENGTH } from '@voltbus/contracts';
import { anyOf, defineList, oneOf, text, trueOrFalse, type Resource } from '@voltbus/http';
import { z } from 'zod';
import { attributeTypeSchema, nameMembers } from '../../device-model';
import type { ComparedConfiguration } from '../configurations';
import { MODES } from '../domain/profile';
import { ITEM_STATES, worstOf } from '../domain/wanted';
import type { ConfigurationRow } from '../store/configuration-list';
import type { OwnConfiguration } from '../store/typeorm-station-configurations';
import { inOrder, profileValueSchema, wantedValues } from './profile';

const stateSchema = z.enum(ITEM_STATES).meta({
  id: 'ConfigurationState',
  description:
    '`pending`: it differs and is not set yet. `reboot-required`: it is set, and used after the next boot. `drifted`: it was set, and the station has another value. `rejected`: the station does not take it. `failed`: the station did not answer three times',
});

/** `PUT /v1/stations/{station}/configuration`. */
const putConfigurationSchema = z
  .strictObject({
    values: wantedValues.default([]).describe("The station's own values, which count before those of profiles"),
    paused: z.boolean().default(false).describe('Nothing is read or set'),
  })
  .meta({ id: 'StationConfigurationPut', description: 'What a station shall be set to of its own' });

export const configurationResource: Resource<typeof putConfigurationSchema, OwnConfiguration> = {
  noun: 'configuration',
  schema: putConfigurationSchema,
  guarded: ['values', 'paused'],
  writtenAs: ({ values, paused }) => ({ values: inOrder(values), paused }),
};

const itemSchema = z
  .object({
    ...nameMembers,
    attribute: attributeTypeSchema.describe('Which of its values'),
    value: z.string().describe('What it shall be'),
    actual: z.string().nullable().describe('What the station last showed; null: not known'),
    profile: z.string().nullable().describe("The profile that wants it; null: it is the station's own"),
    mode: z.enum(MODES).describe('Of the profile: in `dry-run` nothing is set'),
    state: stateSchema,
    result: z.string().nullable().describe('What came of the last set of it; null: none'),
    setAt: z.iso.datetime().nullable().describe('When the station answered that; null: nothing was set'),
  })
  .meta({ id: 'ConfigurationItem', description: 'A value that a station shall have, and where it stands' });

const summaryMembers = {
  station: z.string(),
  paused: z.boolean().describe('Nothing is read or set'),
  checkedAt: z.iso.datetime().nullable().describe('When the last check began; null: there was none'),
  nextCheckAt: z.iso.datetime().nullable().describe('At the latest, while it is connected; null: when it boots, or a profile changes'),
};

export const configurationSchema = z
  .object({
    ...summaryMembers,
    values: z.array(profileValueSchema).describe("The station's own"),
    state: stateSchema.nullable().describe('The worst of its values, now; null: it shall have none'),
    checking: z.boolean().describe('Whether a check is under way'),
    items: z.array(itemSchema).describe('Every value that it shall have'),
  })
  .meta({ id: 'StationConfiguration', description: 'What a station shall be set to, and how far it is' });

export const summarySchema = z
  .object({
    ...summaryMembers,
    state: stateSchema.nullable().describe('The worst of its values at the last check; null: none, or no check'),
    differences: z.int().describe('Values that were not as they shall be'),
  })
  .meta({ id: 'StationConfigurationSummary', description: 'How far a station was at its last check' });

/** `GET /v1/station-configurations`. */
export const configurationList = defineList({
  item: summarySchema,
  keys: ['station'],
  filters: {
    station: anyOf(text.max(MAX_STATION_LENGTH)).optional(),
    state: oneOf(ITEM_STATES).optional(),
    paused: trueOrFalse.optional().describe('Whether nothing is read or set'),
  },
  sorts: ['station', 'checkedAt'],
  defaultSort: 'station',
});

export function configurationView(
  station: string,
  { values, paused, items, checkedAt, nextAt, phase }: ComparedConfiguration,
): z.output<typeof configurationSchema> {
  return {
    ...{ station, paused, values, checking: phase !== null },
    ...times({ checkedAt, nextAt }),
    state: worstOf(items.map(({ state }) => state)),
    items: items.map(({ name, attribute, value, actual, profile, mode, state, attempt }) => {
      const last = attempt?.value === value ? attempt : null;
      return {
        ...name,
        attribute,
        value,
        actual,
        profile,
        mode,
        state,
        result: last?.result ?? null,
        setAt: last?.at.toISOString() ?? null,
      };
    }),
  };
}

export function summaryView({ station, paused, state, differences, ...at }: ConfigurationRow): z.output<typeof summarySchema> {
  return { station, paused, ...times(at), state, differences };
}

function times({ checkedAt, nextAt }: Pick<ConfigurationRow, 'checkedAt' | 'nextAt'>) {
  return {
    checkedAt: checkedAt?.toISOString() ?? null,
    nextCheckAt: nextAt !== null && nextAt.getTime() > Date.now() ? nextAt.toISOString() : null,
  };
}

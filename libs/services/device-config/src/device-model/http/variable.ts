import { MAX_INT32, text } from '@voltbus/http';
import { z } from 'zod';
import { MAX_NAME, MAX_VALUE } from '../domain/observation';
import { SETTING_RESULTS } from '../domain/setting';
import { ATTRIBUTES, MUTABILITIES, type StoredAttribute, type VariableName } from '../domain/variable';
import { MAX_ITEMS } from '../limits';
import { toVariable, type VariableRow } from '../store/variable-row';
import type { SettingOutcome } from '../variable-settings';

export const attributeTypeSchema = z
  .enum(ATTRIBUTES)
  .meta({ id: 'AttributeType', description: 'Which value of a variable; keys of 1.6 have `Actual` only' });

export const nameMembers = {
  component: z.string().nullable().describe('Component of 2.x; null: the key of 1.6 has no counterpart there'),
  componentInstance: z.string().nullable().describe('Instance of the component; null: it has none'),
  evse: z.int().nullable().describe('EVSE of the component; null: it is of the station'),
  connector: z.int().nullable(),
  variable: z.string().describe('Variable of 2.x; of a key of 1.6 without a counterpart the key'),
  variableInstance: z.string().nullable().describe('Instance of the variable; null: it has none'),
  key: z.string().nullable().describe('Configuration key of 1.6; null: the station has told it as a variable of 2.x'),
};

const attributeSchema = z
  .object({
    type: attributeTypeSchema.describe('Which of the values of the variable'),
    value: z.string().nullable().describe('Null: the station has shown none, or it is a secret'),
    mutability: z.enum(MUTABILITIES).nullable().describe('Whether it can be read and set; null: not told'),
    persistent: z.boolean().nullable().describe('Whether it survives a reboot'),
    constant: z.boolean().nullable().describe('Whether it never changes'),
    receivedAt: z.iso.datetime().nullable().describe('When the value was received'),
    pendingValue: z.string().nullable().describe('The station has accepted this value and uses it after its next boot; null: none'),
    rebootRequired: z.boolean().describe('Whether a value waits for the next boot'),
  })
  .meta({ id: 'VariableAttribute', description: 'One value of a variable' });

const characteristicsSchema = z
  .object({
    dataType: z.string().nullable().describe('Data type of 2.x'),
    unit: z.string().nullable().describe('Unit of measure'),
    minLimit: z.number().nullable().describe('Least value, or length'),
    maxLimit: z.number().nullable().describe('Largest value, or length'),
    valuesList: z.string().nullable().describe('Values with commas'),
    supportsMonitoring: z.boolean().nullable().describe('Whether monitors can be set on it'),
  })
  .meta({ id: 'VariableCharacteristics', description: 'Which values a variable may have, as the station says' });

export const variableSchema = z
  .object({
    id: z.uuid().describe('The same for the same variable of every station'),
    ...nameMembers,
    attributes: z.array(attributeSchema).describe('Its values, as far as the station has shown them'),
    characteristics: characteristicsSchema.nullable().describe('Null: no report has told them'),
    secret: z.boolean().describe('Its value can be written, and is never stored nor shown'),
    reportedAt: z.iso.datetime().describe('When the station last showed it'),
  })
  .meta({ id: 'StationVariable', description: 'A variable of a station, or a configuration key of 1.6' });

export function variableView(row: VariableRow): z.output<typeof variableSchema> {
  const attributes = ATTRIBUTES.flatMap((type) => {
    const stored = row.attributes[type];
    return stored === undefined ? [] : [{ type, ...attributeView(stored) }];
  });
  return { ...toVariable(row), attributes, reportedAt: row.reported_at.toISOString() };
}

function attributeView({ value, mutability, persistent, constant, at, pending }: StoredAttribute) {
  const receivedAt = at === 0 ? null : new Date(at).toISOString();
  return {
    value,
    mutability,
    persistent,
    constant,
    receivedAt,
    pendingValue: pending?.value ?? null,
    rebootRequired: pending !== undefined,
  };
}

const name = text.trim().min(1).max(MAX_NAME);
const place = z
  .int()
  .min(1)
  .max(MAX_INT32 - 1);

export const requestedNameMembers = {
  id: z.uuid().optional().describe('Id of the variable, in place of its names'),
  key: name.optional().describe('Configuration key of 1.6; for a station of 2.x its counterpart'),
  component: name.optional().describe('Component of 2.x'),
  componentInstance: name.optional().describe('Instance of the component'),
  evse: place.optional().describe('EVSE of the component'),
  connector: place.optional().describe('Connector of the component'),
  variable: name.optional().describe('Variable of 2.x'),
  variableInstance: name.optional().describe('Instance of the variable'),
};

export const requestedValueMembers = {
  attribute: attributeTypeSchema.default('Actual').describe('Which of its values'),
  value: text.max(MAX_VALUE).describe('As OCPP has it: always a text'),
};

interface NamedVariable {
  id?: string | undefined;
  key?: string | undefined;
  component?: string | undefined;
  variable?: string | undefined;
}

/** A connector is numbered within its EVSE. */
export function hasWholePlace({ evse, connector }: { evse?: number | undefined; connector?: number | undefined }): boolean {
  return connector === undefined || evse !== undefined;
}
export const PLACE_FAULT = 'names a connector without its EVSE: give evse';

/** Whether a variable is named in one of the three ways. */
export function isNamed({ id, key, component, variable }: NamedVariable): boolean {
  return id !== undefined || key !== undefined || (component !== undefined && variable !== undefined);
}

const requestedValueSchema = z
  .strictObject({
    ...requestedNameMembers,
    ...requestedValueMembers,
  })
  .refine(isNamed, 'names no variable: give id, key, or component and variable')
  .refine(hasWholePlace, PLACE_FAULT)
  .meta({ id: 'RequestedVariable', description: 'A value that a variable shall have' });

/** `PATCH /v1/stations/{station}/variables`. */
export const setVariablesSchema = z
  .strictObject({
    variables: z.array(requestedValueSchema).min(1).max(MAX_ITEMS).describe('What the variables shall be'),
    wait: z.int().min(1).max(60).default(30).describe('Seconds to wait for the answers of the station'),
  })
  .meta({ id: 'StationVariablesPatch', description: 'Values that variables of a station shall have' });

const outcomeSchema = z
  .object({
    ...nameMembers,
    variable: z.string().nullable().describe('Variable of 2.x, or the key; null: there is no such variable'),
    attribute: attributeTypeSchema.describe('Which of its values'),
    result: z
      .enum(SETTING_RESULTS)
      .describe(
        '`accepted`: it is set. `reboot-required`: it is used after the next boot. `read-only`, `refused`: it was not sent; `info` says why. `offline`, `not-sent`: the station was not reached, or the time was over. `pending`: sent, not yet answered. `not-answered`: no answer, or none about this value. The others are the answers of the station',
      ),
    command: z.uuid().nullable().describe('The command that carried it; null: none was sent'),
    info: z.string().nullable().describe('More about the result, for a person'),
  })
  .meta({ id: 'SetVariableResult', description: 'What came of one value' });

export const setResultsSchema = z
  .object({ results: z.array(outcomeSchema).describe('In the order of the request') })
  .meta({ id: 'SetVariableResults', description: 'What came of each value' });

export function outcomesView(outcomes: readonly SettingOutcome[]): z.output<typeof setResultsSchema> {
  return { results: outcomes.map(({ name, ...rest }) => ({ ...(name ?? NO_NAME), ...rest })) };
}

const NO_NAME = {
  ...{ component: null, componentInstance: null, evse: null, connector: null, variable: null, variableInstance: null, key: null },
} satisfies { [K in keyof VariableName]: null };

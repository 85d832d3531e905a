import { CsmsError, PROTOCOLS, type Protocol } from '@voltbus/contracts';
import { actionsOf } from '@voltbus/ocpp';
import { MAX_PAYLOAD_BYTES, checkCommand } from './command-check';

interface Schema {
  $id?: string;
  $ref?: string;
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: string[];
  format?: string;
  minimum?: number;
  definitions?: Record<string, Schema>;
}

/** The Open Charge Alliance's own schemas, from which the checks are generated. */
const SOURCES: Readonly<Record<Protocol, Schema[]>> = {
  'ocpp1.6': require('ocpp-rpc/lib/schemas/ocpp1_6.json'),
  'ocpp2.0.1': require('ocpp-rpc/lib/schemas/ocpp2_0_1.json'),
  'ocpp2.1': require('ocpp-rpc/lib/schemas/ocpp2_1.json'),
};

function requestSchema(protocol: Protocol, action: string): Schema {
  const ids = [`urn:${action}.req`, `urn:${action}Request`, `urn:${action}`];
  const found = SOURCES[protocol].find(({ $id = '' }) => ids.includes($id));
  if (found === undefined) throw new Error(`no schema of ${protocol} ${action}`);
  return found;
}

/** The smallest value that the schema allows. */
function least(schema: Schema, definitions: Record<string, Schema>): unknown {
  const referred = schema.$ref === undefined ? undefined : definitions[schema.$ref.replace('#/definitions/', '')];
  if (referred) return least(referred, definitions);
  const { type, properties = {}, required = [], items = {} } = schema;
  if (type === 'object') return Object.fromEntries(required.map((name) => [name, least(properties[name] ?? {}, definitions)]));
  if (type === 'array') return [least(items, definitions)];
  if (type === 'boolean') return true;
  if (type === 'integer' || type === 'number') return Math.max(schema.minimum ?? 1, 1);
  if (schema.enum?.[0] !== undefined) return schema.enum[0];
  if (schema.format === 'date-time') return '2026-05-01T10:00:00Z';
  return schema.format === 'uri' ? 'https://example.org/' : '1';
}

function leastPayload(protocol: Protocol, action: string): Record<string, unknown> {
  const schema = requestSchema(protocol, action);
  return least(schema, schema.definitions ?? {}) as Record<string, unknown>; // every request is an object
}

const ACTIONS = PROTOCOLS.flatMap((protocol) => actionsOf(protocol).map((info) => ({ protocol, ...info })));
const COMMANDS = ACTIONS.filter(({ initiator }) => initiator !== 'station');
const MESSAGES = ACTIONS.filter(({ initiator }) => initiator === 'station');

function refusal(protocol: Protocol | null, action: string, payload: unknown): { path: string; message: string }[] {
  try {
    checkCommand(protocol, action, payload);
  } catch (error) {
    if (error instanceof CsmsError && error.code === 'invalid') return error.details['errors'] as { path: string; message: string }[];
    throw error;
  }
  return [];
}

describe('a command that a station may be sent', () => {
  it('has the whole catalogue in every version', () => {
    const count = (protocol: Protocol) => COMMANDS.filter((info) => info.protocol === protocol).length;
    expect(PROTOCOLS.map(count)).toEqual([26, 40, 55]);
  });

  it.each(COMMANDS.map(({ protocol, action }) => [protocol, action] as const))(
    '%s %s: is accepted when it fits the schema, refused when not',
    (protocol, action) => {
      const payload = leastPayload(protocol, action);
      expect(refusal(protocol, action, payload)).toEqual([]);
      expect(refusal(null, action, payload)).toEqual([]); // the version of an offline station is not known
      expect(refusal(protocol, action, { ...payload, surplus: 1 })).not.toEqual([]);
      for (const name of requestSchema(protocol, action).required ?? []) {
        const { [name]: _gone, ...rest } = payload;
        expect(refusal(protocol, action, rest)).toContainEqual({ path: `/payload/${name}`, message: 'is missing' });
      }
    },
  );

  it.each(MESSAGES.map(({ protocol, action }) => [protocol, action] as const))('%s %s: is a message of the station', (protocol, action) => {
    expect(refusal(protocol, action, leastPayload(protocol, action))).toEqual([
      { path: '/action', message: `${action} is a message of the station, not a command` },
    ]);
  });

  it.each([
    ['ocpp1.6', 'GetVariables', 'GetVariables is not an action of ocpp1.6'],
    ['ocpp2.1', 'RemoteStartTransaction', 'RemoteStartTransaction is not an action of ocpp2.1'],
    [null, 'reset', 'reset is not an action of any version'],
    [null, '__proto__', '__proto__ is not an action of any version'],
  ] as const)('refuses in %s %s', (protocol, action, message) => {
    expect(refusal(protocol, action, {})).toEqual([{ path: '/action', message }]);
  });

  const schedule = { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 6 }] };
  const profile16 = {
    chargingProfileId: 1,
    stackLevel: 0,
    chargingProfilePurpose: 'TxProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: schedule,
  };
  const profile2 = {
    id: 1,
    stackLevel: 0,
    chargingProfilePurpose: 'TxProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: [{ id: 1, ...schedule }],
  };
  const start2 = { idToken: { idToken: 'A', type: 'Central' }, remoteStartId: 1 };
  const entry = (idToken: string, type = 'ISO14443') => ({ idToken: { idToken, type } });
  const set = (name: string, more: object = {}) => ({
    component: { name: 'AuthCtrlr' },
    variable: { name },
    attributeValue: 'true',
    ...more,
  });
  const differential = { versionNumber: 1, updateType: 'Differential' };

  it.each([
    ['ocpp1.6', 'RemoteStartTransaction', { idTag: 'A', chargingProfile: profile16 }],
    ['ocpp2.0.1', 'RequestStartTransaction', { ...start2, chargingProfile: profile2 }],
    ['ocpp2.0.1', 'SendLocalList', { ...differential, localAuthorizationList: [entry('a'), entry('A', 'eMAID')] }],
    ['ocpp2.0.1', 'SetVariables', { setVariableData: [set('Enabled'), set('Enabled', { attributeType: 'Target' })] }],
    ['ocpp2.0.1', 'TriggerMessage', { requestedMessage: 'StatusNotification', evse: { id: 1, connectorId: 1 } }],
    ['ocpp1.6', 'TriggerMessage', { requestedMessage: 'StatusNotification' }],
    ['ocpp2.1', 'TriggerMessage', { requestedMessage: 'Heartbeat' }],
  ] as const)('accepts in %s %s %j', (protocol, action, payload) => {
    expect(refusal(protocol, action, payload)).toEqual([]);
  });

  it.each([
    [
      '5.11',
      'ocpp1.6',
      'RemoteStartTransaction',
      { idTag: 'A', chargingProfile: { ...profile16, chargingProfilePurpose: 'TxDefaultProfile' } },
      '/chargingProfile/chargingProfilePurpose',
    ],
    [
      '5.11',
      'ocpp1.6',
      'RemoteStartTransaction',
      { idTag: 'A', chargingProfile: { ...profile16, transactionId: 4 } },
      '/chargingProfile/transactionId',
    ],
    [
      'F01.FR.08, F02.FR.17',
      'ocpp2.0.1',
      'RequestStartTransaction',
      { ...start2, chargingProfile: { ...profile2, chargingProfilePurpose: 'TxDefaultProfile' } },
      '/chargingProfile/chargingProfilePurpose',
    ],
    [
      'F02.FR.19',
      'ocpp2.1',
      'RequestStartTransaction',
      { ...start2, chargingProfile: { ...profile2, transactionId: 'T' } },
      '/chargingProfile/transactionId',
    ],
    ['5.15', 'ocpp1.6', 'SendLocalList', { listVersion: 0, updateType: 'Full' }, '/listVersion'],
    ['D01.FR.18', 'ocpp2.0.1', 'SendLocalList', { versionNumber: 0, updateType: 'Full' }, '/versionNumber'],
    [
      'D01.FR.06',
      'ocpp2.0.1',
      'SendLocalList',
      { ...differential, localAuthorizationList: [entry('a'), entry('b'), entry('A')] },
      '/localAuthorizationList/2',
    ],
    [
      'D01.FR.06',
      'ocpp1.6',
      'SendLocalList',
      { listVersion: 1, updateType: 'Full', localAuthorizationList: [{ idTag: 'a' }, { idTag: 'A' }] },
      '/localAuthorizationList/1',
    ],
    ['F06.FR.13', 'ocpp2.0.1', 'TriggerMessage', { requestedMessage: 'StatusNotification', evse: { id: 1 } }, '/evse/connectorId'],
    ['F06.FR.13', 'ocpp2.0.1', 'TriggerMessage', { requestedMessage: 'StatusNotification' }, '/evse'],
    ['F06.FR.13', 'ocpp2.1', 'TriggerMessage', { requestedMessage: 'StatusNotification' }, '/evse'],
    [
      'B05.FR.13',
      'ocpp2.0.1',
      'SetVariables',
      { setVariableData: [set('Enabled'), set('ENABLED', { attributeType: 'Actual' })] },
      '/setVariableData/1',
    ],
  ] as const)('%s refuses in %s %s %j', (_rule, protocol, action, payload, path) => {
    expect(refusal(protocol, action, payload)).toEqual([{ path: `/payload${path}`, message: expect.any(String) as string }]);
  });

  it('refuses a payload that is too large for the bus', () => {
    const data = 'x'.repeat(MAX_PAYLOAD_BYTES);
    expect(refusal('ocpp1.6', 'DataTransfer', { vendorId: 'v', data })[0]?.path).toBe('/payload');
  });

  it('accepts for an offline station a payload that suits any version, and otherwise names the paths of the first version that has the action', () => {
    expect(refusal(null, 'Reset', { type: 'Hard' })).toEqual([]);
    expect(refusal(null, 'Reset', { type: 'OnIdle' })).toEqual([]);
    expect(refusal(null, 'Reset', { type: 'Sideways' })).toEqual([
      { path: '/payload/type', message: 'is not one of "Hard", "Soft"', allowed: ['Hard', 'Soft'] },
    ]);
  });
});

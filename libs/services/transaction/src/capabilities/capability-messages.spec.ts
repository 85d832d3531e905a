import type { Protocol } from '@voltbus/contracts';
import { checkRequest } from '@voltbus/ocpp';
import { changesInReport, changesIn, capabilityQueries, changesOnNoValue, queryKeys, touchesList } from './capability-messages';

const both = { list: true, limits: true, costs: true, perMessage: null };
const limitsOnly = { list: false, limits: true, costs: false, perMessage: null };

describe('what a station is asked', () => {
  it.each<[Protocol, string[]]>([
    ['ocpp1.6', ['GetConfiguration']],
    ['ocpp2.0.1', ['GetVariables', 'GetReport']],
    ['ocpp2.1', ['GetVariables', 'GetVariables', 'GetReport']],
  ])('%s: %s, by the schema', (protocol, actions) => {
    const asked = capabilityQueries(protocol, both, 7);
    expect(asked.map(({ action }) => action)).toEqual(actions);
    for (const { action, payload } of asked) expect(checkRequest(protocol, action, payload, 'strict')).toMatchObject({ ok: true });
  });

  it.each([
    [null, [4, 1]],
    [100, [4, 1]],
    [4, [4, 1]],
    [3, [3, 1, 1]],
    [1, [1, 1, 1, 1, 1]],
  ])('B06.FR.05 TC_B_08: asks a station that takes %s variables at once for %j of them', (perMessage, expected) => {
    const queries = capabilityQueries('ocpp2.1', { ...both, perMessage }, 7).filter(({ action }) => action === 'GetVariables');
    expect(queries.map(({ payload }) => (payload['getVariableData'] as unknown[]).length)).toEqual(expected);
    expect(queries.map(({ key }) => key)).toEqual(queryKeys('GetVariables').slice(0, expected.length));
  });

  it('forgets only what a query was about when it has no usable answer', () => {
    const [list, limits] = capabilityQueries('ocpp2.1', both, 7).map(({ action, payload }) => changesOnNoValue(action, payload));
    expect(list).toEqual({ listAvailable: null, listEnabled: null, entriesPerMessage: null, bytesPerMessage: null });
    expect(limits).toEqual({ limits: null });
  });

  it('E16.FR.12: limits of sessions are a matter of 2.1 alone', () => {
    expect(capabilityQueries('ocpp2.1', limitsOnly, 7)).toEqual([
      {
        key: 'GetVariables',
        action: 'GetVariables',
        payload: { getVariableData: [{ component: { name: 'TxCtrlr' }, variable: { name: 'SupportedLimits' } }] },
      },
    ]);
    expect(capabilityQueries('ocpp2.0.1', limitsOnly, 7)).toEqual([]);
    expect(capabilityQueries('ocpp1.6', limitsOnly, 7)).toEqual([]);
  });
});

const key = (name: string, value?: unknown) => ({ configurationKey: [{ key: name, readonly: true, value }] });
const variable = (component: string, name: string, attributeValue?: unknown, attributeStatus = 'Accepted') => ({
  getVariableResult: [{ component: { name: component }, variable: { name }, attributeStatus, attributeValue }],
});

describe('what a station answers', () => {
  it.each([
    ['LocalAuthListEnabled', 'true', { listEnabled: true }],
    ['LocalAuthListEnabled', 'FALSE ', { listEnabled: false }],
    ['localauthlistenabled', false, { listEnabled: false }],
    ['LocalAuthListEnabled', 'yes', { listEnabled: null }],
    ['LocalAuthListEnabled', undefined, { listEnabled: null }],
    ['SendLocalListMaxLength', '100 ', { entriesPerMessage: 100 }],
    ['SendLocalListMaxLength', 20, { entriesPerMessage: 20 }],
    ['SendLocalListMaxLength', '', { entriesPerMessage: null }],
    ['LocalAuthListMaxLength', '-1', { maxEntries: null }],
    ['LocalAuthListMaxLength', '0', { maxEntries: null }],
    ['LocalAuthListMaxLength', '1e3', { maxEntries: null }],
    ['HeartbeatInterval', '300', {}],
  ])('1.6, quirk 49: %s %j is %j', (name, value, news) => {
    expect(changesIn('GetConfiguration', key(name, value))).toEqual(news);
  });

  it('1.6: an unknown key leaves its capability unknown', () => {
    expect(changesIn('GetConfiguration', { unknownKey: ['LocalAuthListMaxLength', 'Other'] })).toEqual({ maxEntries: null });
    expect(changesIn('GetConfiguration', {})).toEqual({});
  });

  it.each([
    ['LocalAuthListCtrlr', 'Available', 'false', 'Accepted', { listAvailable: false }],
    ['localauthlistctrlr', 'ENABLED', 'true', 'Accepted', { listEnabled: true }],
    ['LocalAuthListCtrlr', 'ItemsPerMessage', '20', 'Accepted', { entriesPerMessage: 20 }],
    ['LocalAuthListCtrlr', 'BytesPerMessage', '4096', 'Accepted', { bytesPerMessage: 4_096 }],
    ['LocalAuthListCtrlr', 'BytesPerMessage', undefined, 'UnknownVariable', { bytesPerMessage: null }],
    ['LocalAuthListCtrlr', 'Entries', '3', 'Accepted', {}],
    ['AuthCacheCtrlr', 'Enabled', 'false', 'Accepted', {}],
  ])('2.x, D01.FR.11, D01.FR.13: %s.%s %j (%s) is %j', (component, name, value, status, news) => {
    expect(changesIn('GetVariables', variable(component, name, value, status))).toEqual(news);
  });

  it.each([
    ['maxEnergy,maxCost', 'Accepted', ['maxEnergyWh', 'maxCost']],
    ['MaxTime, maxSoC', 'Accepted', ['maxSeconds']],
    ['maxLength,maxTime', 'Accepted', ['maxSeconds']],
    ['', 'Accepted', []],
    [undefined, 'UnknownVariable', []],
    [undefined, 'UnknownComponent', []],
    [undefined, 'Rejected', null],
    [undefined, 'NotSupportedAttributeType', null],
    ['all of them', 'Accepted', null],
  ])('2.1, E16.FR.12: SupportedLimits %j (%s) are %j', (value, status, limits) => {
    expect(changesIn('GetVariables', variable('TxCtrlr', 'SupportedLimits', value, status))).toEqual({ limits });
  });

  it('D01.FR.12: the room of a list is the maxLimit of its entries, in any report', () => {
    const report = (maxLimit: unknown) => ({
      reportData: [
        { component: { name: 'TxCtrlr' }, variable: { name: 'Entries' }, variableAttribute: [{}] },
        {
          component: { name: 'LocalAuthListCtrlr' },
          variable: { name: 'Entries' },
          variableAttribute: [{ value: '3' }],
          variableCharacteristics: { dataType: 'integer', supportsMonitoring: false, maxLimit },
        },
      ] as never,
    });
    expect(changesInReport(report(50))).toEqual({ maxEntries: 50 });
    expect(changesInReport(report(-1))).toEqual({ maxEntries: null });
    expect(changesInReport(report(undefined))).toEqual({});
    expect(changesInReport({ reportData: [] })).toBeNull();
    expect(changesInReport({})).toBeNull();
    const perMessage = { component: { name: 'DeviceDataCtrlr' }, variable: { name: 'ItemsPerMessage', instance: 'GetVariables' } };
    expect(changesInReport({ reportData: [{ ...perMessage, variableAttribute: [{ value: '3' }] }] })).toEqual({ variablesPerMessage: 3 });
    const other = { ...perMessage, variable: { ...perMessage.variable, instance: 'GetReport' } };
    expect(changesInReport({ reportData: [{ ...other, variableAttribute: [{ value: '3' }] }] })).toBeNull();
  });

  it('D01.FR.11, .13: what a report says of the list counts as an answer does; what it leaves out stays as it is', () => {
    const reported = (name: string, variableAttribute: object[]) => ({
      ...{ component: { name: 'localAuthListCtrlr' }, variable: { name } },
      variableAttribute,
    });
    const reportData = [
      reported('ItemsPerMessage', [{ type: 'MaxSet', value: '9' }, { value: ' 20' }]),
      reported('BytesPerMessage', [{ type: 'Actual', value: '-1' }]),
      reported('Enabled', [{ type: 'Actual', value: 'false' }]),
      reported('Available', [{ type: 'Target', value: 'false' }]),
      reported('Storage', [{ value: '7' }]),
    ] as never;
    expect(changesInReport({ reportData })).toEqual({ entriesPerMessage: 20, bytesPerMessage: null, listEnabled: false });
    expect(changesInReport({ reportData: [reported('Available', [{ type: 'Actual' }])] as never })).toBeNull();
  });
});

it('knows the commands that may change a list', () => {
  expect(touchesList('ChangeConfiguration', { key: 'LocalAuthListEnabled', value: 'true' })).toBe(true);
  expect(touchesList('ChangeConfiguration', { key: 'HeartbeatInterval', value: '1' })).toBe(false);
  const set = (name: string) => ({ setVariableData: [{ component: { name }, variable: { name: 'Enabled' }, attributeValue: 'true' }] });
  expect(touchesList('SetVariables', set('LocalAuthListCtrlr'))).toBe(true);
  expect(touchesList('SetVariables', set('AuthCacheCtrlr'))).toBe(false);
});

import type { Protocol } from '@voltbus/contracts';
import { ForeignCsms, until } from '../testing/foreign-csms';

let csms: ForeignCsms;
beforeEach(async () => (csms = await ForeignCsms.start()));
afterEach(() => csms.stop());

const variable = (component: string, name: string) => ({ component: { name: component }, variable: { name } });

describe.each<Protocol>(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'])('the local list of a station of %s', (protocol) => {
  const is16 = protocol === 'ocpp1.6';
  const version = is16 ? 'listVersion' : 'versionNumber';
  const entry = (name: string) =>
    is16
      ? { idTag: name, idTagInfo: { status: 'Accepted' } }
      : { idToken: { idToken: name, type: 'ISO14443' }, idTokenInfo: { status: 'Accepted' } };
  const sendList = (updateType: string, to: number, ...names: string[]) =>
    csms.call('SendLocalList', {
      updateType,
      [version]: to,
      ...(names.length > 0 ? { localAuthorizationList: names.map(entry) } : {}),
    });

  it('takes as many tokens as the station announces, and no more', async () => {
    await csms.startStation(protocol, { localList: { maxEntries: 3, perMessage: 2 } }).whenReady();
    await expect(csms.call('GetLocalListVersion', {})).resolves.toEqual({ [version]: 0 });
    await expect(sendList('Full', 5, 'A', 'B', 'C')).resolves.toEqual({ status: 'Failed' });
    await expect(sendList('Full', 5, 'A', 'B')).resolves.toEqual({ status: 'Accepted' });
    await expect(sendList('Differential', 5, 'C')).resolves.toEqual({ status: 'VersionMismatch' });
    await expect(sendList('Differential', 6, 'C', 'D')).resolves.toEqual({ status: 'Failed' });
    await expect(sendList('Differential', 6, 'a', 'C')).resolves.toEqual({ status: 'Accepted' });
    await expect(csms.call('GetLocalListVersion', {})).resolves.toEqual({ [version]: 6 });
  });

  it('takes nothing while it is disabled', async () => {
    await csms.startStation(protocol, { localList: { enabled: false } }).whenReady();
    await expect(csms.call('GetLocalListVersion', {})).resolves.toEqual({ [version]: is16 ? -1 : 0 });
    await expect(sendList('Full', 5, 'A')).resolves.toEqual({ status: is16 ? 'NotSupported' : 'Failed' });
    await (is16
      ? csms.call('ChangeConfiguration', { key: 'LocalAuthListEnabled', value: 'true' })
      : csms.call('SetVariables', { setVariableData: [{ ...variable('LocalAuthListCtrlr', 'Enabled'), attributeValue: 'true' }] }));
    await expect(sendList('Full', 5, 'A')).resolves.toEqual({ status: 'Accepted' });
  });
});

it('1.6: the settings say that the local list is enabled and how long it may be', async () => {
  await csms.startStation('ocpp1.6').whenReady();
  const key = ['LocalAuthListEnabled', 'LocalAuthListMaxLength', 'Unheard'];
  await expect(csms.call('GetConfiguration', { key })).resolves.toEqual({
    configurationKey: [
      { key: 'LocalAuthListEnabled', readonly: false, value: 'true' },
      { key: 'LocalAuthListMaxLength', readonly: false, value: '1000' },
    ],
    unknownKey: ['Unheard'],
  });
});

describe.each<Protocol>(['ocpp2.0.1', 'ocpp2.1'])('the variables of a station of %s', (protocol) => {
  it('say that the local list is enabled, and leave out the session limits, which the station does not have', async () => {
    await csms.startStation(protocol).whenReady();
    const getVariableData = [variable('LocalAuthListCtrlr', 'Enabled'), variable('TxCtrlr', 'SupportedLimits')];
    await expect(csms.call('GetVariables', { getVariableData })).resolves.toEqual({
      getVariableResult: [
        { ...variable('LocalAuthListCtrlr', 'Enabled'), attributeStatus: 'Accepted', attributeValue: 'true' },
        { ...variable('TxCtrlr', 'SupportedLimits'), attributeStatus: 'UnknownVariable' },
      ],
    });
  });

  it('B08: give the maximum length of the local list in a report, which follows the answer', async () => {
    const getReport = (...componentVariable: object[]) => csms.call('GetReport', { requestId: 4, componentVariable });
    await csms.startStation(protocol, { localList: { maxEntries: 5 } }).whenReady();
    await expect(getReport(variable('Nothing', 'AtAll'))).resolves.toEqual({ status: 'EmptyResultSet' });
    await expect(getReport(variable('LocalAuthListCtrlr', 'Entries'))).resolves.toEqual({ status: 'Accepted' });
    await until(() => csms.actions().includes('NotifyReport'));
    expect(csms.payloadOf('NotifyReport')).toMatchObject({
      requestId: 4,
      reportData: [{ variableCharacteristics: { maxLimit: 5 } }],
    });
    expect(csms.violations).toEqual([]);
  });
});

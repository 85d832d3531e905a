import type { Protocol } from '@voltbus/contracts';
import { ForeignCsms, until } from '../testing/foreign-csms';
import { isPassword } from './basic-auth-password';

let csms: ForeignCsms;
beforeEach(async () => (csms = await ForeignCsms.start()));
afterEach(() => csms.stop());

const KEY = 'c0ffee'.repeat(6) + 'c0ff';

describe.each<Protocol>(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'])('A01: a station of %s that is given a password', (protocol) => {
  const set = async (password: string): Promise<unknown> => {
    if (protocol === 'ocpp1.6') return (await csms.call('ChangeConfiguration', { key: 'AuthorizationKey', value: password }))['status'];
    const data = { attributeValue: password, component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } };
    const { setVariableResult } = await csms.call('SetVariables', { setVariableData: [data] });
    return (setVariableResult as { attributeStatus: string }[])[0]?.attributeStatus;
  };

  it('comes back with it', async () => {
    const station = csms.startStation(protocol);
    await station.whenReady();
    expect(await set(KEY)).toBe('Accepted');
    expect(station.password).toBe(KEY);
    await until(() => csms.passwords.includes(KEY));
    expect(csms.violations).toEqual([]);
  });

  it('rejects one that is too short, and stays as it is', async () => {
    const station = csms.startStation(protocol);
    await station.whenReady();
    expect(await set('c0ffee')).toBe('Rejected');
    expect(station.password).toBeUndefined();
  });
});

it.each<[Protocol, string, boolean]>([
  ['ocpp1.6', 'no hexadecimal digits at all', false],
  ['ocpp1.6', 'ab'.repeat(21), false],
  ['ocpp2.0.1', 'x'.repeat(41), false],
  ['ocpp2.1', 'x'.repeat(64), true],
])('%s: %s is a password: %s', (protocol, given, taken) => {
  expect(isPassword(protocol, given)).toBe(taken);
});

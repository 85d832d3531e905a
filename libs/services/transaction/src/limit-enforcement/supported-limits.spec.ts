import type { Command } from '@voltbus/contracts';
import type { Limit } from '../limits/domain/limit';
import { LimitedSessions, limitIn } from './testing/limited-sessions';
import { commandEnd } from '../testing/service-fixture';

let sessions: LimitedSessions;
let service: LimitedSessions['service'];
beforeAll(async () => {
  sessions = await LimitedSessions.start();
  ({ service } = sessions);
});
afterAll(() => service?.close());
beforeEach(async () => {
  await service.database.query('TRUNCATE transactions.transactions, transactions.limits, transactions.capabilities');
  service.sent.length = 0;
  minute(0);
});

const minute = (minutes: number) => sessions.pass(minutes);
const aToken = (limit: Limit) => sessions.aToken({ limit });
/** The limit in the answer. */
const event = async (...options: Parameters<LimitedSessions['event']>) => limitIn(await sessions.event(...options));
/** Answers the query for SupportedLimits; returns how many stations were queried. */
async function supports(station: string, how: Partial<Command>): Promise<number> {
  const count = await service.capabilities.sweep();
  const request = service.sent.findLast((one) => one.station === station && one.action === 'GetVariables');
  if (request === undefined) throw new Error('was not asked');
  await service.capabilities.onAnswered(commandEnd(request, how));
  return count;
}
const limits = (attributeValue: string | null): Partial<Command> => ({
  response: {
    getVariableResult: [
      {
        ...{ component: { name: 'TxCtrlr' }, variable: { name: 'SupportedLimits' } },
        ...(attributeValue === null ? { attributeStatus: 'UnknownVariable' } : { attributeStatus: 'Accepted', attributeValue }),
      },
    ],
  },
});
/** A station that has had a session with a limit, and was asked since. */
async function known(station: string, options: Partial<Command>): Promise<void> {
  await event(station, 'Started', 0, { token: await aToken({ maxEnergyWh: 1 }) });
  await event(station, 'Ended', 1);
  expect(await supports(station, options)).toBe(1);
  await service.database.query('TRUNCATE transactions.transactions, transactions.events, transactions.limits');
  service.sent.length = 0;
}
const stops = () => service.sent.filter(({ action }) => action === 'RequestStopTransaction').map(({ station }) => station);

describe('E16.FR.12: a station of 2.1', () => {
  it('is sent the kinds of limits that it supports; the CSMS enforces the others', async () => {
    await known('energy', limits('maxEnergy'));
    const token = await aToken({ maxEnergyWh: 5_000, maxSeconds: 600, maxCost: '50' });
    expect(await event('energy', 'Started', 0, { token, wh: 0 })).toEqual({ maxEnergy: 5_000 });
    await event('energy', 'Updated', 1, { wh: 9_000 }); // the station's own affair
    minute(9);
    expect(await service.limits.sweep()).toBe(0);
    minute(10);
    expect(await service.limits.sweep()).toBe(1);
    expect(stops()).toEqual(['energy']);
    const [{ id } = { id: '' }] = await service.transactionsOf('energy');
    expect(await service.limitStore.find('default', id)).toEqual({ maxEnergyWh: 5_000, maxSeconds: 600, maxCost: '50' });
  });

  it.each([
    ['no-variable', limits(null)],
    ['an-empty-list', limits('')],
  ])('%s: supports none, is sent none, and is commanded to end its session', async (station, options) => {
    await known(station, options);
    expect(await event(station, 'Started', 0, { token: await aToken({ maxCost: '2.00' }), wh: 0 })).toBeNull();
    await event(station, 'Updated', 1, { wh: 1_900 });
    minute(2);
    expect(await service.limits.sweep()).toBe(0);
    await event(station, 'Updated', 2, { wh: 2_000 });
    expect(await service.limits.sweep()).toBe(1);
  });

  it.each<[string, Partial<Command>]>([
    ['mute', { status: 'unknown' }],
    ['knows-no-GetVariables', { status: 'error', error: { code: 'NotImplemented', description: '' } }],
    ['nonsense', limits('all of them')],
  ])('%s: is sent every kind, like a station that was never queried, and no stop', async (station, options) => {
    await known(station, options);
    expect(await event(station, 'Started', 0, { token: await aToken({ maxSeconds: 60 }) })).toEqual({ maxTime: 60 });
    minute(10);
    expect(await service.limits.sweep()).toBe(0);
  });

  it('gets the kinds enforced that it turns out not to support, though they were sent in its first session', async () => {
    expect(await event('first', 'Started', 0, { token: await aToken({ maxSeconds: 300, maxEnergyWh: 9_000 }) })).not.toBeNull();
    minute(10);
    expect(await service.limits.sweep()).toBe(0);
    await supports('first', limits('maxEnergy, maxCost'));
    expect(await service.limits.sweep()).toBe(1);
    expect(stops()).toEqual(['first']);
  });

  it('is asked with its first limit, not before, and again with its next connection', async () => {
    await event('asked', 'Started', 0);
    expect(await service.capabilities.sweep()).toBe(0);
    await event('asked', 'Updated', 1, { token: await aToken({ maxSeconds: 60 }) });
    expect(await supports('asked', limits('maxTime'))).toBe(1);
    await event('asked', 'Updated', 2, { token: await aToken({ maxSeconds: 30 }) });
    expect(await service.capabilities.sweep()).toBe(0);
    await service.capabilities.onConnected([
      { tenant: 'default', station: 'asked', protocol: 'ocpp2.1', epoch: 9, gateway: 'gw', at: '', reason: 'connected' },
    ]);
    expect(await supports('asked', limits(''))).toBe(1);
    expect(await event('asked', 'Updated', 3, { token: await aToken({ maxSeconds: 10 }) })).toBeNull();
  });

  it('E16.FR.02, E16.FR.18: is sent the limit also in answers to offline events, and no confirmation is awaited', async () => {
    const token = await aToken({ maxSeconds: 60 });
    expect(await event('offline', 'Started', 0, { token, offline: true })).toEqual({ maxTime: 60 });
    expect(await event('offline', 'Updated', 1, { offline: true })).toBeNull();
    expect(await event('offline', 'Ended', 2, { token, offline: true })).toBeNull();
  });
});

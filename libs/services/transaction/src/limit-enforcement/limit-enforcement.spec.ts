import { randomUUID } from 'node:crypto';
import type { Command, Protocol } from '@voltbus/contracts';
import { checkRequest, checkResponse } from '@voltbus/ocpp';
import type { Limit } from '../limits/domain/limit';
import { REQUEST_AGAIN_MS, MAX_STOP_REQUESTS } from './limit-enforcement';
import { LimitedSessions, limitIn } from './testing/limited-sessions';
import { RemoteControl } from '../remote-control/remote-control';
import type { SendingStation } from '../testing/service-fixture';

let sessions: LimitedSessions;
let service: LimitedSessions['service'];
beforeAll(async () => {
  sessions = await LimitedSessions.start();
  ({ service } = sessions);
});
afterAll(() => service?.close());
beforeEach(async () => {
  await service.database.query('TRUNCATE transactions.transactions, transactions.limits');
  service.sent.length = 0;
  minute(0);
});

const at = (minutes: number) => sessions.at(minutes);
const minute = (minutes: number) => sessions.pass(minutes);
const aToken: LimitedSessions['aToken'] = (...options) => sessions.aToken(...options);
const event: LimitedSessions['event'] = (...options) => sessions.event(...options);
const as = (station: string, protocol: Protocol, minutes = 0): SendingStation => ({ protocol, station, receivedAt: at(minutes) });
async function remoteStart(station: string, idToken: string, limit: Limit | null, remoteStartId: number): Promise<void> {
  const sendCommand = () => Promise.resolve({ id: randomUUID(), status: 'queued' } as Command);
  const find = () => Promise.resolve({ inst: 'gw', bucket: 0, epoch: 1, protocol: 'ocpp2.1' as const, lastSeenAt: 0 });
  const { tokenStore: tokens, starts, stops, targets } = service;
  const parts = {
    commands: { sendCommand },
    connections: { find },
    tokens,
    starts,
    stops,
    targets,
    drawId: () => remoteStartId,
    now: () => new Date(),
  };
  await new RemoteControl(parts).start(
    { tenant: 'default', station },
    { idToken, evse: null, limit },
    { id: randomUUID(), requestedBy: 'api' },
  );
}

describe('a station of 2.1', () => {
  it('E16 is sent the limit of the token that begins a session once, and again in the answer to a repeated event', async () => {
    const token = await aToken({ limit: { maxEnergyWh: 5_000, maxSeconds: 3_600 } });
    const first = await event('once', 'Started', 0, { token });
    expect(limitIn(first)).toEqual({ maxEnergy: 5_000, maxTime: 3_600 });
    expect(await event('once', 'Started', 0, { token })).toEqual(first);
    expect(limitIn(await event('once', 'Updated', 1, { token }))).toBeNull();
    const [{ id } = { id: '' }] = await service.transactionsOf('once');
    expect(await service.limitStore.find('default', id)).toEqual({ maxEnergyWh: 5_000, maxSeconds: 3_600 });
  });

  it('F07.FR.01, F07.FR.02 is sent the limit of the remote start that it names; the tighter of two limits counts', async () => {
    const token = await aToken({ limit: { maxEnergyWh: 5_000 } });
    await remoteStart('remote', token, { maxEnergyWh: 9_000, maxCost: '3.50' }, 71);
    expect(limitIn(await event('remote', 'Started', 0, { token, remoteStartId: 71 }))).toEqual({ maxEnergy: 5_000, maxCost: 3.5 });
  });

  it('F07.FR.02: a token presented after the remote start lowers the limit if its own is tighter', async () => {
    const token = await aToken({ limit: { maxEnergyWh: 5_000, maxSeconds: 7_200 } });
    await remoteStart('later', token, { maxEnergyWh: 9_000, maxSeconds: 3_600 }, 72);
    expect(limitIn(await event('later', 'Started', 0, { remoteStartId: 72 }))).toEqual({ maxEnergy: 9_000, maxTime: 3_600 });
    expect(limitIn(await event('later', 'Updated', 1, { token }))).toEqual({ maxEnergy: 5_000 });
    expect(limitIn(await event('later', 'Updated', 2, { token }))).toBeNull();
    const [{ id } = { id: '' }] = await service.transactionsOf('later');
    expect(await service.limitStore.find('default', id)).toEqual({ maxEnergyWh: 5_000, maxSeconds: 3_600 });
  });

  it('E16.FR.08 is not sent a limit that it has reported already; its latest report counts', async () => {
    await event('before', 'Started', 0, { limit: { maxEnergy: 9_000, maxCost: 2 }, trigger: 'LimitSet' });
    await event('before', 'Updated', 1, { limit: { maxEnergy: 4_000, maxCost: 2 }, trigger: 'LimitSet' });
    const token = await aToken({ limit: { maxEnergyWh: 5_000, maxSeconds: 60, maxCost: '2.00' } });
    expect(limitIn(await event('before', 'Updated', 2, { token }))).toEqual({ maxTime: 60 });
  });

  it('E16.FR.08 is not sent a limit that it has lowered as far itself; the API shows its own limit', async () => {
    const token = await aToken({ limit: { maxEnergyWh: 5_000, maxSeconds: 60 } });
    const answer = await event('own', 'Started', 0, { token, limit: { maxEnergy: 4_000, maxTime: 90 } });
    expect(limitIn(answer)).toEqual({ maxTime: 60 });
    await event('own', 'Updated', 1, { limit: { maxEnergy: 4_000, maxTime: 60 }, trigger: 'LimitSet' });
    const [{ id } = { id: '' }] = await service.transactionsOf('own');
    expect(await service.views.stationLimit('default', id)).toEqual({ maxEnergy: 4_000, maxTime: 60 });
  });

  it('E16.FR.11 is sent the cost of a session with a cost limit, even if its tenant does not show costs', async () => {
    const token = await aToken({ limit: { maxCost: '2.00' } });
    await event('cost', 'Started', 0, { token, wh: 0 });
    expect(await event('cost', 'Updated', 5, { wh: 1_000 })).toEqual({ totalCost: 1 });
    await event('free', 'Started', 0, { token: await aToken(), wh: 0 });
    expect(await event('free', 'Updated', 5, { wh: 1_000 })).toEqual({});
  });

  it('is not sent the limit of a token that only ends the session, or of one that is not accepted', async () => {
    const [mine, other, blocked] = [
      await aToken(),
      await aToken({ limit: { maxSeconds: 60 } }),
      await aToken({ limit: { maxSeconds: 60 }, status: 'Blocked' }),
    ];
    await event('ends', 'Started', 0, { token: mine });
    expect(limitIn(await event('ends', 'Updated', 1, { token: other, trigger: 'StopAuthorized' }))).toBeNull();
    expect(limitIn(await event('blocked', 'Started', 0, { token: blocked }))).toBeNull();
  });

  it('ends it itself: nobody asks it to', async () => {
    await event('itself', 'Started', 0, { token: await aToken({ limit: { maxSeconds: 60 } }) });
    minute(10);
    expect(await service.limits.sweep()).toBe(0);
  });

  it('E17 that resumes a session goes on with it, also after it was taken for over', async () => {
    await event('resumes', 'Started', 0, { wh: 1_000 });
    await event('resumes', 'Updated', 10, { wh: 3_000, trigger: 'ResetCommand' });
    const [{ id } = { id: '' }] = await service.transactionsOf('resumes');
    const [{ heard_at: heardAt } = { heard_at: new Date() }] = await service.database.query<{ heard_at: Date }[]>(
      'SELECT heard_at FROM transactions.transactions WHERE id = $1',
      [id],
    );
    expect(await service.staleTransactions.sweep(() => Promise.resolve(true))).toBe(0);
    await service.database.query("UPDATE transactions.transactions SET heard_at = $2, asked_at = '-infinity' WHERE id = $1", [id, heardAt]);
    expect(await service.staleTransactions.sweep(() => Promise.resolve(true))).toBe(1);
    await event('resumes', 'Updated', 20, { wh: 3_000, trigger: 'TxResumed' });
    await event('resumes', 'Ended', 30, { wh: 6_000 });
    expect(await service.transactionsOf('resumes')).toMatchObject([{ id, state: 'ended', energyWh: 5_000 }]);
  });
});

describe('C24, C25, F02: a remote start that its session does not name', () => {
  it.each<[string, number, object]>([
    ['at once', 0, {}],
    ['within the hour that its token is good for', 50, {}],
    ['in the event that brings the token', 2, { plugged: true }],
  ])(
    '2.1: its limit holds all the same, for its token is good for nothing else: %s',
    async (name, minutes, { plugged = false }: { plugged?: boolean }) => {
      const token = `psp-${name}`;
      await remoteStart(name, token, { maxCost: '25.00' }, 5100);
      if (plugged) expect(limitIn(await event(name, 'Started', 0))).toBeNull();
      const answer = await event(name, plugged ? 'Updated' : 'Started', plugged ? 1 : 0, { token, minutes });
      expect(answer).toMatchObject({ idTokenInfo: { status: 'Accepted' } });
      expect(limitIn(answer)).toEqual({ maxCost: 25 });
    },
  );

  it('another session of a token that is good for one goes no further either', async () => {
    await remoteStart('twice', 'psp-twice', { maxEnergyWh: 5_000 }, 5101);
    expect(limitIn(await event('twice', 'Started', 0, { token: 'psp-twice' }))).toEqual({ maxEnergy: 5_000 });
    await event('twice', 'Ended', 1);
    const payload = {
      ...{ eventType: 'Started', seqNo: 0, timestamp: at(3).toISOString(), triggerReason: 'Authorized' },
      transactionInfo: { transactionId: 'T-again' },
      idToken: { idToken: 'psp-twice', type: 'DirectPayment' },
    };
    const answer = await service.receive(as('twice', 'ocpp2.1', 3), 'TransactionEvent', payload);
    expect(limitIn(answer)).toEqual({ maxEnergy: 5_000 });
  });

  it('2.0.1 and 1.6: the CSMS enforces the limit, as it cannot be sent', async () => {
    await remoteStart('unnamed-201', 'psp-201', { maxEnergyWh: 5_000 }, 5102);
    await event('unnamed-201', 'Started', 0, { token: 'psp-201', protocol: 'ocpp2.0.1' });
    await remoteStart('unnamed-16', 'psp-16', { maxEnergyWh: 5_000 }, 5103);
    const start = { connectorId: 2, idTag: 'psp-16', meterStart: 0, timestamp: at(50).toISOString() };
    await service.receive(as('unnamed-16', 'ocpp1.6', 50), 'StartTransaction', start);
    const limits: { session_limit: Limit }[] = await service.database.query('SELECT session_limit FROM transactions.limits');
    expect(limits.map(({ session_limit }) => session_limit)).toEqual([{ maxEnergyWh: 5_000 }, { maxEnergyWh: 5_000 }]);
  });

  it('a token that is kept here is taken for that of its remote start soon after it, and no later', async () => {
    const [soon, late] = [await aToken(), await aToken()];
    await remoteStart('soon', soon, { maxEnergyWh: 5_000 }, 5104);
    await remoteStart('late', late, { maxEnergyWh: 5_000 }, 5105);
    expect(limitIn(await event('soon', 'Started', 0, { token: soon, minutes: 4 }))).toEqual({ maxEnergy: 5_000 });
    expect(limitIn(await event('late', 'Started', 0, { token: late, minutes: 6 }))).toBeNull();
  });
});

describe('C17: a prepaid token', () => {
  const authorized = async (protocol: Protocol, token: string) => {
    const args = protocol === 'ocpp1.6' ? { idTag: token } : { idToken: { idToken: token, type: 'ISO14443' } };
    const answer = await service.receive(as('prepaid', protocol), 'Authorize', args);
    expect(checkResponse(protocol, 'Authorize', answer, 'strict')).toMatchObject({ ok: true });
    return answer['idTokenInfo'] ?? answer['idTagInfo'];
  };

  it('C17.FR.01, C17.FR.03: with credit is accepted, not to be cached, and no session of it may cost more', async () => {
    const token = await aToken({ prepaid: { credit: '12.50' }, limit: { maxCost: '20', maxSeconds: 60 } });
    expect(await authorized('ocpp2.1', token)).toEqual({ status: 'Accepted', cacheExpiryDateTime: at(0).toISOString() });
    expect(await authorized('ocpp1.6', token)).toEqual({ status: 'Accepted' });
    expect(limitIn(await event('paid', 'Started', 0, { token }))).toEqual({ maxCost: 12.5, maxTime: 60 });
  });

  it('without credit may not charge, and no cache may believe it; 1.6 has only Blocked for it', async () => {
    const token = await aToken({ prepaid: { credit: '0.00' } });
    for (const protocol of ['ocpp2.0.1', 'ocpp2.1'] as const)
      expect(await authorized(protocol, token)).toEqual({ status: 'NoCredit', cacheExpiryDateTime: at(0).toISOString() });
    expect(await authorized('ocpp1.6', token)).toEqual({ status: 'Blocked', expiryDate: at(0).toISOString() });
    const answer = await event('broke', 'Started', 0, { token });
    expect(answer).toMatchObject({ idTokenInfo: { status: 'NoCredit' } });
    expect(limitIn(answer)).toBeNull();
    expect((await service.transactionsOf('broke'))[0]?.flags).toEqual(['no-credit']);
  });

  it('C17.FR.02: that is empty when it ends a session is no fault of the session', async () => {
    await event('emptied', 'Started', 0, { token: await aToken() });
    const answer = await event('emptied', 'Ended', 1, { token: await aToken({ prepaid: { credit: '0' } }) });
    expect(answer).toMatchObject({ idTokenInfo: { status: 'NoCredit' } });
    expect((await service.transactionsOf('emptied'))[0]?.flags).not.toContain('no-credit');
  });
});

describe('a station without transaction limits', () => {
  const start16 = async (station: string, idTag: string, meterStart = 0) => {
    const content = { connectorId: 1, idTag, meterStart, timestamp: at(0).toISOString() };
    return Number((await service.receive(as(station, 'ocpp1.6'), 'StartTransaction', content))['transactionId']);
  };
  const read16 = (station: string, transactionId: number, minutes: number, wh: number) =>
    service.receive(as(station, 'ocpp1.6', minutes), 'MeterValues', {
      ...{ connectorId: 1, transactionId },
      meterValue: [{ timestamp: at(minutes).toISOString(), sampledValue: [{ value: String(wh) }] }],
    });
  const stops = (station: string) => service.sent.filter((one) => one.station === station);

  it.each<[string, Limit, number, number]>([
    ['energy', { maxEnergyWh: 2_000 }, 1, 2_000],
    ['time', { maxSeconds: 600 }, 10, 10],
    ['cost', { maxCost: '2' }, 1, 2_000],
  ])('1.6: is asked to end a session that has reached its limit, in %s', async (kind, limit, minutes, wh) => {
    const id = await start16(kind, await aToken({ limit }));
    minute(0.5);
    await read16(kind, id, 0.5, 5);
    await service.limits.sweep();
    expect(stops(kind)).toEqual([]);
    await read16(kind, id, minutes, wh);
    minute(minutes);
    await service.limits.sweep();
    await service.limits.sweep();
    expect(stops(kind)).toMatchObject([{ action: 'RemoteStopTransaction', payload: { transactionId: id } }]);
    expect(checkRequest('ocpp1.6', 'RemoteStopTransaction', stops(kind)[0]?.payload, 'strict')).toMatchObject({ ok: true });
  });

  it('2.0.1: the same, and its answers have no limit', async () => {
    const answer = await event('two', 'Started', 0, { token: await aToken({ limit: { maxSeconds: 60 } }), protocol: 'ocpp2.0.1' });
    expect(limitIn(answer)).toBeNull();
    minute(2);
    await service.limits.sweep();
    expect(stops('two')).toMatchObject([{ action: 'RequestStopTransaction', payload: { transactionId: 'T-two' } }]);
  });

  it(`is asked again, ${MAX_STOP_REQUESTS} times at most, and no more after the end; by one process of two`, async () => {
    await start16('stubborn', await aToken({ limit: { maxSeconds: 60 } }));
    for (let ask = 0; ask < MAX_STOP_REQUESTS + 2; ask++) {
      minute(2 + (ask * (REQUEST_AGAIN_MS + 1_000)) / 60_000);
      await Promise.all([service.limits.sweep(), service.limits.sweep()]);
    }
    expect(stops('stubborn')).toHaveLength(MAX_STOP_REQUESTS);
    const id = await start16('obeys', await aToken({ limit: { maxSeconds: 60 } }));
    minute(2);
    await service.limits.sweep();
    await service.receive(as('obeys', 'ocpp1.6', 3), 'StopTransaction', {
      transactionId: id,
      meterStop: 10,
      timestamp: at(3).toISOString(),
    });
    minute(30);
    await service.limits.sweep();
    expect(stops('obeys')).toHaveLength(1);
  });
});

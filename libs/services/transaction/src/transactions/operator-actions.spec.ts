import type { EndedTransaction, Transaction } from '@voltbus/contracts';
import { listed } from '@voltbus/testing';
import { startService, type ServiceFixture, type SendingStation } from '../testing/service-fixture';
import { MAX_ACTIONS } from './operator-actions';

const TOKEN = { type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null } as const;
let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  await service.tokenStore.put('default', { ...TOKEN, idToken: 'TAG', concurrent: true });
});
afterAll(() => service?.close());

const BEGIN = Date.now() - 36_000_000;
const minute = (nth: number) => BEGIN + nth * 60_000;
const at = (nth: number) => new Date(minute(nth)).toISOString();
const who = { by: 'key-1', reason: 'display seen' };
const id = (station: string) => only(station).then((one) => one.id);
const only = async (station: string): Promise<Transaction> => {
  const [transaction, ...more] = await service.transactionsOf(station);
  if (transaction === undefined || more.length > 0) throw new Error('not just one transaction');
  return transaction;
};
const last = (station: string): EndedTransaction => {
  const published = service.publishedEnds(station).at(-1);
  if (published === undefined) throw new Error('no end published');
  return published;
};
const start16 = async (station: string): Promise<number> => {
  const who16 = { protocol: 'ocpp1.6', station } as const;
  const answer = await service.receive(who16, 'StartTransaction', { connectorId: 1, idTag: 'TAG', meterStart: 1_000, timestamp: at(0) });
  return Number(answer['transactionId']);
};
const event = (station: string, eventType: string, seqNo: number, nth: number, registerWh?: number) =>
  service.receive({ protocol: 'ocpp2.0.1', station } satisfies SendingStation, 'TransactionEvent', {
    eventType,
    timestamp: at(nth),
    triggerReason: eventType === 'Ended' ? 'StopAuthorized' : 'MeterValuePeriodic',
    seqNo,
    transactionInfo: { transactionId: `tx-${station}` },
    evse: { id: 1, connectorId: 1 },
    ...(eventType === 'Started' ? { idToken: { idToken: 'TAG', type: 'ISO14443' } } : {}),
    ...(registerWh === undefined ? {} : { meterValue: [{ timestamp: at(nth), sampledValue: [{ value: registerWh }] }] }),
  });
const end = (station: string, nth: number, meterStopWh: number | null = null) =>
  id(station).then((one) => service.operatorActions.end('default', one, { endedAt: minute(nth), meterStopWh }, who));
const correct = (station: string, asked: Parameters<typeof service.operatorActions.correct>[2]) =>
  id(station).then((one) => service.operatorActions.correct('default', one, asked, who));

describe('a session that its station never stopped', () => {
  it('1.6: ends at the time and register that an operator sets; the late stop is stored, flagged, and changes no bill', async () => {
    const transactionId = await start16('lost16');
    expect(await end('lost16', 30, 6_000)).toMatchObject({ state: 'ended', endedAt: at(30), energyWh: 5_000, flags: ['ended-by-hand'] });
    expect(last('lost16')).toMatchObject({ revision: 1, energyWh: 5_000, byHand: { action: 'end', revision: 1, ...who } });
    await service.receive({ protocol: 'ocpp1.6', station: 'lost16' }, 'StopTransaction', {
      transactionId,
      meterStop: 99_000,
      timestamp: at(500),
    });
    expect(await only('lost16')).toMatchObject({
      endedAt: at(30),
      meterStopWh: 6_000,
      energyWh: 5_000,
      flags: ['ended-by-hand', 'second-stop'],
    });
    expect(service.publishedEnds('lost16')).toHaveLength(1);
    const kept: unknown[] = await service.database.query(`SELECT FROM transactions.events WHERE station = 'lost16' AND type = 'ended'`);
    expect(kept).toHaveLength(1);
  });

  it('2.x: ends with the last reading until then; the late Ended is kept, flagged, and changes no bill', async () => {
    await event('lost2', 'Started', 0, 0, 1_000);
    await event('lost2', 'Updated', 1, 20, 4_000);
    await event('lost2', 'Updated', 2, 60, 9_000);
    await end('lost2', 30);
    expect(last('lost2')).toMatchObject({ endedAt: at(30), energyWh: 3_000 });
    await event('lost2', 'Ended', 3, 500, 99_000);
    expect(await only('lost2')).toMatchObject({
      endedAt: at(30),
      energyWh: 3_000,
      flags: expect.arrayContaining(['second-stop']) as string[],
    });
    expect(service.publishedEnds('lost2')).toHaveLength(1);
  });

  it('frees the token: it may charge elsewhere', async () => {
    await service.tokenStore.put('default', { ...TOKEN, idToken: 'ONCE', concurrent: false });
    const begin = (station: string, nth: number) =>
      service.receive({ protocol: 'ocpp1.6', station }, 'StartTransaction', {
        connectorId: 1,
        idTag: 'ONCE',
        meterStart: 0,
        timestamp: at(nth),
      });
    await begin('taken', 0);
    expect(await begin('other', 1)).toMatchObject({ idTagInfo: { status: 'ConcurrentTx' } });
    await end('taken', 30);
    await end('other', 30);
    expect(await begin('third', 40)).toMatchObject({ idTagInfo: { status: 'Accepted' } });
  });

  it.each<[string, () => Promise<unknown>, object]>([
    ['before its start', () => end('refused', -1), { code: 'invalid', message: expect.stringContaining('/endedAt') as string }],
    ['in the future', () => end('refused', 10_000), { code: 'invalid', message: expect.stringContaining('/endedAt') as string }],
    ['below its register', () => end('refused', 30, 999), { code: 'invalid', message: expect.stringContaining('/meterStopWh') as string }],
  ])('is not ended %s', async (_name, ending, error) => {
    if ((await service.transactionsOf('refused')).length === 0) await start16('refused');
    await expect(ending()).rejects.toMatchObject(error);
    expect(await only('refused')).toMatchObject({ state: 'active' });
  });

  it('is ended once: the same again changes nothing, another end is refused', async () => {
    await start16('twice');
    const first = await end('twice', 30, 6_000);
    expect(await end('twice', 30, 6_000)).toEqual(first);
    await expect(end('twice', 31, 6_000)).rejects.toMatchObject({ code: 'conflict' });
    expect(service.publishedEnds('twice')).toHaveLength(1);
    expect(await service.operatorActionStore.of('default', await id('twice'))).toHaveLength(1);
  });
});

describe('a correction', () => {
  const ended = async (station: string) => {
    await event(station, 'Started', 0, 0, 0);
    await event(station, 'Updated', 1, 30, 909_990);
    await event(station, 'Ended', 2, 60, 910_031);
  };

  it('of the energy is a revision of its own, billed instead of the metered energy from then on', async () => {
    await ended('energy');
    expect(await correct('energy', { energyWh: 83 })).toMatchObject({
      energyWh: 83,
      flags: expect.arrayContaining(['corrected-by-hand']) as string[],
    });
    const corrected = last('energy');
    expect(corrected).toMatchObject({ revision: 2, energyWh: 83, byHand: { action: 'correct', revision: 2, ...who } });
    expect(corrected.periods.reduce((sum, { energyWh }) => sum + energyWh, 0)).toBe(83);
    await event('energy', 'Updated', 3, 45, 910_000);
    expect(last('energy')).toMatchObject({ energyWh: 83, byHand: { revision: 2 } });
    await correct('energy', { energyWh: null });
    expect(last('energy')).toMatchObject({ energyWh: 41, byHand: { revision: last('energy').revision } });
  });

  it('without a difference is a revision too, so that a held CDR is released as checked', async () => {
    await ended('same');
    await correct('same', { energyWh: 910_031 });
    expect(last('same')).toMatchObject({ revision: 2, energyWh: 910_031, byHand: { revision: 2 } });
    await correct('same', { energyWh: 910_031 });
    expect(service.publishedEnds('same')).toHaveLength(2);
  });

  it('of the times moves start and end, and only what was read between counts', async () => {
    await event('times', 'Started', 0, 0, 0);
    await event('times', 'Updated', 1, 30, 5_000);
    await event('times', 'Ended', 2, 600, 5_000);
    const view = await correct('times', { startedAt: minute(5), endedAt: minute(30) });
    expect(view).toMatchObject({ startedAt: at(5), endedAt: at(30) });
    expect(last('times').periods.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(25 * 60);
    expect(await listed(service.views.list('default'), { station: ['times'], from: at(4), to: at(6) }, 'startedAt')).toHaveLength(1);
  });

  it.each<[string, Parameters<typeof correct>[1], object]>([
    ['an end before its start', { endedAt: minute(-5) }, { code: 'invalid', message: expect.stringContaining('/endedAt') as string }],
    ['a start after its end', { startedAt: minute(61) }, { code: 'invalid', message: expect.stringContaining('/startedAt') as string }],
    ['an end to come', { endedAt: Date.now() + 3_600_000 }, { code: 'invalid' }],
    ['a start of another age', { startedAt: Date.parse('0001-01-01T00:00:00Z') }, { code: 'invalid' }],
    ['a time that is none', { startedAt: Number.NaN }, { code: 'invalid' }],
  ])('to %s is refused', async (_name, asked, error) => {
    if ((await service.transactionsOf('odd')).length === 0) await ended('odd');
    await expect(correct('odd', asked)).rejects.toMatchObject(error);
    expect(service.publishedEnds('odd').filter(({ byHand }) => byHand !== undefined)).toEqual([]);
  });

  it('of the energy is taken where the station ended the session before it began; of its times only one that puts them right', async () => {
    const transactionId = await start16('backwards');
    const stop = { transactionId, meterStop: 6_000, timestamp: at(-5) };
    await service.receive({ protocol: 'ocpp1.6', station: 'backwards' }, 'StopTransaction', stop);
    expect(await correct('backwards', { energyWh: 4_000 })).toMatchObject({ energyWh: 4_000 });
    await expect(correct('backwards', { startedAt: minute(-4) })).rejects.toMatchObject({ code: 'invalid' });
    expect(await correct('backwards', { endedAt: minute(20) })).toMatchObject({ startedAt: at(0), endedAt: at(20), energyWh: 4_000 });
  });

  it('of an active session is refused: it is ended first', async () => {
    await event('active', 'Started', 0, 0, 0);
    await expect(correct('active', { energyWh: 1 })).rejects.toMatchObject({ code: 'conflict' });
    await end('active', 10);
    await correct('active', { energyWh: 1 });
    expect(last('active')).toMatchObject({
      revision: 2,
      energyWh: 1,
      flags: expect.arrayContaining(['corrected-by-hand', 'ended-by-hand']) as string[],
    });
  });

  it('keeps who, why, and what it changed, up to a bound', async () => {
    await ended('kept');
    for (let nth = 1; nth <= MAX_ACTIONS; nth++) await correct('kept', { energyWh: nth });
    await expect(correct('kept', { energyWh: 0 })).rejects.toMatchObject({ code: 'conflict' });
    const actions = await service.operatorActionStore.of('default', await id('kept'));
    expect(actions).toHaveLength(MAX_ACTIONS);
    expect(actions[1]).toMatchObject({
      action: 'correct',
      ...who,
      asked: { energyWh: 2 },
      before: { energyWh: 1 },
      after: { energyWh: 2 },
    });
    expect(last('kept')).toMatchObject({ energyWh: MAX_ACTIONS });
  });

  it("is nobody else's to make", async () => {
    await ended('mine');
    const transaction = await id('mine');
    await expect(service.operatorActions.correct('other', transaction, { energyWh: 1 }, who)).rejects.toMatchObject({ code: 'not-found' });
  });
});

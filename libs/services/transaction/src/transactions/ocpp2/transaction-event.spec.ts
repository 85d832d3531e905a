import { randomUUID } from 'node:crypto';
import type { Protocol } from '@voltbus/contracts';
import { inBudget } from '@voltbus/testing';
import fc from 'fast-check';
import { startService, type ServiceFixture, type SendingStation } from '../../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  const token = { type: 'ISO14443', groupId: null, expiresAt: null, concurrent: true };
  await service.tokenStore.put('default', {
    ...token,
    idToken: 'Tag-1',
    status: 'Accepted',
    groupId: 'FLEET',
    expiresAt: '2099-01-01T00:00:00.000Z',
  });
  await service.tokenStore.put('default', { ...token, idToken: 'BLOCKED', status: 'Blocked' });
});
afterAll(() => service?.close());

const BEGIN = Date.now() - 3_600_000;
const at = (minutes: number) => new Date(BEGIN + minutes * 60_000).toISOString();
const idToken = { idToken: 'TAG-1', type: 'ISO14443' };
const value = (minutes: number, wh: number, context = 'Sample.Periodic') => ({
  timestamp: at(minutes),
  sampledValue: [{ value: wh, context, unitOfMeasure: { unit: 'Wh' } }],
});
type Event = Record<string, unknown>;
function event(eventType: string, seqNo: number, transactionId: string, { info = {}, ...more }: Event & { info?: object } = {}): Event {
  return { eventType, seqNo, timestamp: at(seqNo * 10), triggerReason: 'Trigger', transactionInfo: { transactionId, ...info }, ...more };
}
/** Begins at 1000 Wh, charges from minute 10 to 20, ends at minute 30 with 8350 Wh. */
const session = (id: string): Event[] => [
  event('Started', 0, id, {
    evse: { id: 2, connectorId: 1 },
    meterValue: [value(0, 1000, 'Transaction.Begin')],
    info: { chargingState: 'EVConnected' },
  }),
  event('Updated', 1, id, { idToken, meterValue: [value(10, 1000)], info: { chargingState: 'Charging' } }),
  event('Updated', 2, id, { meterValue: [value(20, 8350)], info: { chargingState: 'SuspendedEV' } }),
  event('Ended', 3, id, { meterValue: [value(30, 8350, 'Transaction.End')], info: { stoppedReason: 'EVDisconnected' } }),
];
const account = {
  evse: 2,
  connector: 1,
  idToken: 'TAG-1',
  state: 'ended',
  startedAt: at(0),
  endedAt: at(30),
  meterStartWh: 1000,
  meterStopWh: 8350,
  energyWh: 7350,
  stopReason: 'EVDisconnected',
  flags: [],
};

describe.each<Protocol>(['ocpp2.0.1', 'ocpp2.1'])('%s', (protocol) => {
  const station = (name: string, more: Partial<SendingStation> = {}): SendingStation => ({
    protocol,
    station: `${protocol}-${name}`,
    ...more,
  });
  const tell = async (name: string, events: readonly Event[]) => {
    const answers = [];
    for (const one of events) answers.push(await service.receive(station(name), 'TransactionEvent', one));
    return answers;
  };
  const endsPublished = (name: string) => service.publishedEnds(`${protocol}-${name}`);
  const transactions = (name: string) => service.transactionsOf(`${protocol}-${name}`);

  it('C01.FR.06, C10.FR.08 authorizes with group and expiry; C02.FR.02 lets pass who needs no authorization', async () => {
    const authorize = (token: object) => service.receive(station('auth'), 'Authorize', { idToken: token });
    const accepted = {
      status: 'Accepted',
      groupIdToken: { idToken: 'FLEET', type: 'Central' },
      cacheExpiryDateTime: '2099-01-01T00:00:00.000Z',
    };
    expect(await authorize({ idToken: 'tag-1', type: 'ISO14443' })).toEqual({ idTokenInfo: accepted });
    expect(await authorize({ idToken: 'BLOCKED', type: 'ISO14443' })).toEqual({ idTokenInfo: { status: 'Blocked' } });
    expect(await authorize({ idToken: 'NOBODY', type: 'ISO14443' })).toEqual({ idTokenInfo: { status: 'Invalid' } });
    expect(await authorize({ idToken: '', type: 'NoAuthorization' })).toEqual({ idTokenInfo: { status: 'Accepted' } });
  });

  it('E01 to E06 follows a session through its events; E01.FR.12 answers the status of a token in the event', async () => {
    const answers = await tell('session', session('T1'));
    expect(answers).toEqual([{}, { idTokenInfo: expect.objectContaining({ status: 'Accepted' }) }, {}, {}]);
    expect(endsPublished('session')).toMatchObject([
      {
        ...account,
        ocppTransactionId: 'T1',
        revision: 1,
        periods: [
          { kind: 'idle', seconds: 600, energyWh: 0 },
          { kind: 'charging', seconds: 600, energyWh: 7350 },
          { kind: 'idle', seconds: 600, energyWh: 0 },
        ],
      },
    ]);
    const publishedValues = service.published.filter(({ ref }) => ref.station === `${protocol}-session`);
    expect(publishedValues.map(({ event: { type } }) => type)).toEqual([
      'voltbus.transaction.started',
      'voltbus.transaction.updated',
      'voltbus.transaction.ended',
    ]);
    expect(new Set(publishedValues.map(({ event: { id } }) => id)).size).toBe(3);
  });

  it('O1 answers every repeat as the first time and changes nothing', async () => {
    const first = await tell('twice', session('T1'));
    expect(await tell('twice', session('T1'))).toEqual(first);
    expect(await transactions('twice')).toMatchObject([account]);
    expect(endsPublished('twice')).toHaveLength(1);
  });

  it('O2, E04, E12 any order and any repeats of the events make the same transaction and energy', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([0, 1, 2, 3, 0, 1, 2, 3], { minLength: 8 }),
        inBudget(async (order: readonly number[]) => {
          const name = `order-${run++}`;
          const events = session('T1');
          await tell(
            name,
            order.map((at) => events[at] ?? {}),
          );
          expect(await transactions(name)).toMatchObject([account]);
          const last = endsPublished(name).at(-1);
          expect(last).toMatchObject({
            ...account,
            periods: [
              { kind: 'idle', seconds: 600 },
              { kind: 'charging', seconds: 600, energyWh: 7350 },
              { kind: 'idle', seconds: 600 },
            ],
          });
        }),
      ),
      { numRuns: 12 },
    );
  });

  it('O2, E01.FR.07, E11.FR.04, J02.FR.12 flags a gap and a missing start, and bills what is known', async () => {
    const [, , suspended, ended] = session('T1');
    await tell('gap', [suspended ?? {}, ended ?? {}]);
    expect(endsPublished('gap')).toMatchObject([{ energyWh: 0, flags: ['no-start'], evse: null, connector: null, idToken: null }]);
    const [started, , , last] = session('T2');
    await tell('hole', [started ?? {}, last ?? {}]);
    expect(endsPublished('hole')).toMatchObject([{ energyWh: 7350, flags: ['gap', 'state-contradicted'] }]);
  });

  it('E01.FR.16, quirk 29 leaves EVSE and connector unknown when they are left out', async () => {
    await tell('nowhere', [event('Started', 0, 'T1', { evse: { id: 1 } }), event('Started', 0, 'T2', {})]);
    expect(
      (await transactions('nowhere')).map(({ ocppTransactionId, evse, connector }) => [ocppTransactionId, evse, connector]).sort(),
    ).toEqual([
      ['T1', 1, null],
      ['T2', null, null],
    ]);
  });

  it('keeps, answers Invalid, flags and counts the session of an unknown token', async () => {
    const [started, , suspended, ended] = session('T1');
    const presented = event('Updated', 1, 'T1', { idToken: { idToken: 'NOBODY', type: 'ISO14443' } });
    expect((await tell('unknown', [started ?? {}, presented, suspended ?? {}, ended ?? {}]))[1]).toEqual({
      idTokenInfo: { status: 'Invalid' },
    });
    expect(endsPublished('unknown')).toMatchObject([{ idToken: 'NOBODY', energyWh: 7350, flags: ['state-contradicted', 'unknown-token'] }]);
  });

  it('C05, F01 accepts an unknown token of the remote start that is under way, at that station only', async () => {
    await service.starts.remember(
      { tenant: 'default', station: `${protocol}-remote` },
      { command: randomUUID(), remoteStartId: 7, idToken: 'GUEST', evse: null, limit: null, askedAt: new Date() },
    );
    const presented = event('Started', 0, 'T1', { idToken: { idToken: 'GUEST', type: 'Central' } });
    expect(await tell('remote', [presented])).toEqual([{ idTokenInfo: { status: 'Accepted' } }]);
    expect(await tell('elsewhere', [presented])).toEqual([{ idTokenInfo: { status: 'Invalid' } }]);
  });

  it('E01.FR.08 two stations may use one transaction id', async () => {
    await tell('one', session('SAME'));
    await tell('two', session('SAME').slice(0, 1));
    expect(await transactions('one')).toMatchObject([{ state: 'ended' }]);
    expect(await transactions('two')).toMatchObject([{ state: 'active' }]);
  });

  it('J02.FR.14 late readings that bill differently make a new revision', async () => {
    const [started, charging, , ended] = session('T1');
    const end = { ...ended, meterValue: undefined };
    await tell('late', [started ?? {}, charging ?? {}, end]);
    await tell('late', [event('Updated', 2, 'T1', { meterValue: [value(20, 5000)], info: { chargingState: 'Charging' } })]);
    expect(endsPublished('late')).toMatchObject([
      { revision: 1, energyWh: 0, flags: ['gap', 'no-end-reading'] },
      { revision: 2, energyWh: 4000, flags: ['no-end-reading'] },
    ]);
  });

  it('J01 keeps signed data verbatim and hands it to the bill', async () => {
    const signedMeterValue = { signedMeterData: 'T0NNRg==', signingMethod: 'ECDSA', encodingMethod: 'OCMF', publicKey: 'a2V5' };
    const signed = { timestamp: at(30), sampledValue: [{ value: 8350, context: 'Transaction.End', signedMeterValue }] };
    const [started, , , ended] = session('T1');
    await tell('signed', [started ?? {}, { ...ended, meterValue: [signed] }]);
    expect(endsPublished('signed')).toMatchObject([{ signedData: ['T0NNRg=='] }]);
    const [row]: { signed: object }[] = await service.database.query(
      `SELECT signed FROM transactions.readings WHERE station = $1 AND signed IS NOT NULL`,
      [`${protocol}-signed`],
    );
    expect(row?.signed).toEqual({ 'Energy.Active.Import.Register||': signedMeterValue });
  });

  it('B03.FR.07 flags an event from before the station was accepted, and stores a repeat of it once', async () => {
    const early: SendingStation = { protocol, station: `${protocol}-early`, registration: 'rejected' };
    for (const one of session('EARLY')) await service.receive(early, 'TransactionEvent', one);
    for (const one of session('EARLY')) await service.receive({ ...early, registration: 'accepted' }, 'TransactionEvent', one);
    expect(await service.transactionsOf(`${protocol}-early`)).toMatchObject([{ state: 'ended', energyWh: 7350, flags: ['not-accepted'] }]);
  });

  it('J01.FR.18 answers MeterValues and keeps them under their EVSE', async () => {
    expect(await service.receive(station('clock'), 'MeterValues', { evseId: 3, meterValue: [value(5, 42, 'Sample.Clock')] })).toEqual({});
    expect(
      await service.database.query('SELECT evse, transaction, context, energy_wh FROM transactions.readings WHERE station = $1', [
        `${protocol}-clock`,
      ]),
    ).toEqual([{ evse: 3, transaction: '', context: 'Sample.Clock', energy_wh: 42 }]);
  });

  it.each([
    ['NotifyChargingLimit', { chargingLimit: { chargingLimitSource: 'EMS' } }, {}],
    ['ReservationStatusUpdate', { reservationId: 1, reservationUpdateStatus: 'Expired' }, {}],
    [
      'NotifyEVChargingNeeds',
      { evseId: 1, chargingNeeds: { requestedEnergyTransfer: 'AC_three_phase' } },
      { status: protocol === 'ocpp2.1' ? 'NoChargingProfile' : 'Rejected' },
    ],
  ])('stores %s unchanged and answers it by the specification', async (action, payload, answer) => {
    expect(await service.receive(station('notice'), action, payload)).toEqual(answer);
    const rows: { payload: object }[] = await service.database.query(
      'SELECT payload FROM transactions.notices WHERE station = $1 AND action = $2',
      [`${protocol}-notice`, action],
    );
    expect(rows).toEqual([{ payload }]);
  });
});

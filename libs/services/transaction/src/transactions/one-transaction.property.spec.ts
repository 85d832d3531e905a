import type { Protocol } from '@voltbus/contracts';
import { inBudget } from '@voltbus/testing';
import fc from 'fast-check';
import { startService, type ServiceFixture } from '../testing/service-fixture';

// The oracle is a connector and what really happens at it: one car at a time, a meter that counts, cards that are refused. Nothing of the service is used for it.

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  const token = { type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: true } as const;
  for (const idToken of ['A', 'B']) await service.tokenStore.put('default', { ...token, idToken });
  await service.tokenStore.put('default', { ...token, idToken: 'BLOCKED', status: 'Blocked' });
});
afterAll(() => service?.close());
jest.setTimeout(600_000); // some machines are slow
/** Shorter than Jest's timeout, so that the property ends before it. */
const BUDGET_MS = 480_000;

const RUNS = 14;
const BEGIN = Date.now() - 10 * 3_600_000;
const STUCK = '1970-01-01T00:00:07Z';

/** What really happens at the connector in one session, and what the station makes of telling it. */
const realSession = fc.record({
  card: fc.constantFrom('A', 'B'),
  /** Wh from reading to reading, five minutes apart. */
  charged: fc.array(fc.constantFrom(400, 1_500, 2_000), { minLength: 1, maxLength: 3 }),
  /** Minutes until the next one. */
  gap: fc.constantFrom(1, 12, 90),
  /** How often its start is sent again: unchanged, and with another time. */
  startsAgain: fc.nat(2),
  restated: fc.boolean(),
  /** A card that is refused while it charges; its transaction may never be stopped. */
  refused: fc.constantFrom('none' as const, 'BLOCKED', 'NOBODY'),
  refusedStops: fc.boolean(),
  /** An end of a session that nobody knows. */
  stranger: fc.boolean(),
  end: fc.constantFrom('named' as const, 'named' as const, 'unnamed', 'lost'),
  /** Of its end: sent again unchanged, with another time, with another register. */
  endsAgain: fc.subarray(['same', 'later', 'other'] as const),
  killed: fc.boolean(),
});
type RealSession = typeof realSession extends fc.Arbitrary<infer T> ? T : never;

const world = fc.record({
  sessions: fc.array(realSession, { minLength: 1, maxLength: 4 }),
  /** The meter counts from session to session, or each from nothing. */
  lifetime: fc.boolean(),
  /** The station has lost its clock. */
  stuck: fc.boolean(),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

interface Expected {
  card: string;
  energyWh: number;
}

/** A station of either family, as far as its transactions go. `at`: minutes; the register in Wh. */
interface Station {
  start(at: number, content: { card: string; wh: number; written?: number; received?: number }): Promise<string>;
  reading(at: number, id: string, wh: number): Promise<unknown>;
  stop(at: number, id: string, content: { wh: number; card?: string; received?: number; refused?: boolean }): Promise<unknown>;
  /** An end of a transaction that was never begun here. */
  stranger(at: number, nth: number): Promise<unknown>;
  /** The end of one whose id the station never got; null: it chooses its ids itself. */
  unnamed: string | null;
}

let stations = 0;
const when = (minute: number): Date => new Date(BEGIN + minute * 60_000);

function station16(station: string, stuck: boolean): Station {
  const timestamp = (minute: number): string => (stuck ? STUCK : when(minute).toISOString());
  const send = (action: string, minute: number, payload: object) =>
    service.receive({ protocol: 'ocpp1.6', station, receivedAt: when(minute) }, action, payload);
  return {
    unnamed: '-1',
    start: async (at, { card, wh, written = at, received = at }) => {
      const content = { connectorId: 1, idTag: card, meterStart: wh, timestamp: timestamp(written) };
      return String((await send('StartTransaction', received, content))['transactionId']);
    },
    reading: (at, id, wh) =>
      send('MeterValues', at, {
        connectorId: 1,
        transactionId: Number(id),
        meterValue: [{ timestamp: timestamp(at), sampledValue: [{ value: String(wh) }] }],
      }),
    stop: (at, id, { wh, received = at }) =>
      send('StopTransaction', received, { transactionId: Number(id), meterStop: wh, timestamp: timestamp(at), reason: 'Local' }),
    stranger: (at, nth) =>
      send('StopTransaction', at, { transactionId: 77_000 + nth, meterStop: 50_000_000 + nth, timestamp: timestamp(at), reason: 'Local' }),
  };
}

function station2(station: string, protocol: Protocol): Station {
  const seqNos = new Map<string, number>();
  let begun = 0;
  const send = (
    eventType: string,
    at: number,
    id: string,
    wh: number,
    { seqNo = 0, ...more }: { seqNo?: number } & Record<string, unknown>,
  ) =>
    service.receive({ protocol, station, receivedAt: when(at) }, 'TransactionEvent', {
      ...{ eventType, seqNo, timestamp: when(at).toISOString(), triggerReason: 'Trigger', evse: { id: 1, connectorId: 1 } },
      transactionInfo: { transactionId: id, ...(eventType === 'Ended' ? { stoppedReason: 'Local' } : {}) },
      meterValue: [{ timestamp: when(at).toISOString(), sampledValue: [{ value: wh }] }],
      ...more,
    });
  const next = (id: string): number => {
    const seqNo = (seqNos.get(id) ?? 0) + 1;
    seqNos.set(id, seqNo);
    return seqNo;
  };
  const starts = new Map<string, string>();
  return {
    unnamed: null,
    start: async (at, { card, wh }) => {
      const key = `${at}|${card}`;
      const id = starts.get(key) ?? `T-${++begun}`;
      starts.set(key, id);
      await send('Started', at, id, wh, { idToken: { idToken: card, type: 'ISO14443' } });
      return id;
    },
    reading: (at, id, wh) => send('Updated', at, id, wh, { seqNo: next(id) }),
    stop: (at, id, { wh }) => send('Ended', at, id, wh, { seqNo: next(id) }),
    stranger: (at, nth) => send('Ended', at, `X-${nth}`, 50_000_000 + nth, { seqNo: 9 }),
  };
}

/** Runs it all; what must be billed, by the connector's own account. */
async function happen(
  { sessions, lifetime, stuck }: { sessions: readonly RealSession[]; lifetime: boolean; stuck: boolean },
  station: Station,
  isRunning: (id: string) => Promise<boolean>,
): Promise<Map<string, Expected>> {
  const expected = new Map<string, Expected>();
  let [minute, register] = [0, 10_000];
  for (const [nth, real] of sessions.entries()) {
    const begin = minute;
    const from = lifetime ? register : 0;
    const id = await station.start(begin, { card: real.card, wh: from });
    for (let again = 1; again <= real.startsAgain; again++)
      expect(await station.start(begin, { card: real.card, wh: from, received: begin + again / 4 })).toBe(id);
    if (real.restated && station.unnamed !== null)
      expect(await station.start(begin, { card: real.card, wh: from, written: begin + 0.5, received: begin + 0.8 })).toBe(id);
    let wh = from;
    for (const charged of real.charged) {
      minute += 5;
      wh += charged;
      await station.reading(minute, id, wh);
      if (real.killed) service.restart();
    }
    if (real.refused !== 'none') {
      const refused = await station.start(minute + 0.2, { card: real.refused, wh });
      expect(refused).not.toBe(id);
      if (real.refusedStops) await station.stop(minute + 0.3, refused, { wh });
    }
    if (real.stranger) await station.stranger(minute + 0.4, nth);
    expect(await isRunning(id)).toBe(true);
    const last = wh;
    minute += 1;
    if (real.end !== 'lost') {
      wh += 100;
      const named = real.end === 'named' || station.unnamed === null ? id : station.unnamed;
      await station.stop(minute, named, { wh });
      for (const again of real.endsAgain) {
        if (again === 'same') await station.stop(minute, named, { wh, received: minute + 0.1 });
        if (again === 'later') await station.stop(minute + 0.2, named, { wh });
        if (again === 'other' && named === id) await station.stop(minute + 0.3, named, { wh: 25_000_000 });
      }
      expect(await isRunning(id)).toBe(false);
    }
    expected.set(id, { card: real.card, energyWh: (real.end === 'lost' ? last : wh) - from });
    register = wh;
    minute += real.gap;
    expect(stuck && station.unnamed === null).toBe(false);
  }
  // a later session shows that the one before is over
  await station.start(minute, { card: 'B', wh: lifetime ? register : 0 });
  return expected;
}

it.each<[string, (name: string, stuck: boolean) => Station, boolean]>([
  ['1.6', station16, true],
  ['2.0.1', (name) => station2(name, 'ocpp2.0.1'), false],
  ['2.1', (name) => station2(name, 'ocpp2.1'), false],
])('%s: every real session is one session with one bill, and no message of a stranger ends one that runs', async (_, make, mayBeStuck) => {
  await fc.assert(
    fc.asyncProperty(
      world,
      inBudget(async ({ stuck, ...more }: World) => {
        const name = `world-${++stations}`;
        const isRunning = async (id: string) =>
          (await service.transactionsOf(name)).some(({ ocppTransactionId, state }) => ocppTransactionId === id && state === 'active');
        const clock = stuck && mayBeStuck;
        const expected = await happen({ ...more, stuck: clock }, make(name, clock), isRunning);
        const stored = await service.transactionsOf(name);
        const accepted = stored.filter(({ idToken, state }) => (idToken === 'A' || idToken === 'B') && state === 'ended');
        expect(accepted.map(({ ocppTransactionId }) => ocppTransactionId).sort()).toEqual([...expected.keys()].sort());
        for (const { ocppTransactionId, idToken, energyWh } of accepted)
          expect({ card: idToken, energyWh }).toEqual(expected.get(ocppTransactionId));
        // the last word of each was billed, and no refused card for another's energy
        for (const account of service.publishedEnds(name)) {
          const want = expected.get(account.ocppTransactionId);
          if (want === undefined && account.idToken !== null) expect(account.energyWh ?? 0).toBe(0);
        }
      }, BUDGET_MS),
    ),
    { numRuns: RUNS },
  );
});

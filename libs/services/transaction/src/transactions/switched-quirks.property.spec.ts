import type { QuirkSettings } from '@voltbus/contracts';
import { inBudget } from '@voltbus/testing';
import fc from 'fast-check';
import { startService, type SendingStation, type ServiceFixture } from '../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  const token = { idToken: 'TAG', type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: true } as const;
  await service.tokenStore.put('default', token);
});
afterAll(() => service?.close());

jest.setTimeout(300_000); // some machines are slow
const BUDGET_MS = 240_000;
const HOUR_MS = 3_600_000;
const NOW = Date.now();

/** Every quirk by which a message about a transaction is read otherwise, by itself and together. */
const quirksOf = (zone: fc.Arbitrary<string>): fc.Arbitrary<QuirkSettings> =>
  fc.record(
    {
      'energy-in-kwh': fc.constant(true as const),
      'zoneless-times-are-local': zone,
      'utc-times-are-local': zone,
      'totals-are-wrong': fc.constant(true as const),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<QuirkSettings>; // without the keys that were left out
const EASTERN = ['Europe/Berlin', 'Asia/Kolkata', 'Pacific/Auckland'];
const anyZone = fc.constantFrom('America/New_York', ...EASTERN);
/** Times that are read by these are never in the future, where a station of 2.x is not believed that its ids are unique. */
const easternZone = fc.constantFrom(...EASTERN);

/** As stations write it: with a zone, without one, with one too many digits. */
const timeAs = fc.constantFrom(
  (at: number) => new Date(at).toISOString(),
  (at: number) => new Date(at).toISOString().replace('Z', ''),
  (at: number) => new Date(at).toISOString().replace('Z', '+02:00'),
  (at: number) => new Date(at).toISOString().replace('T', ' ').slice(0, 19),
);
let stations = 0;

const from = (protocol: SendingStation['protocol'], station: string, seconds: number, settings: QuirkSettings): SendingStation => ({
  ...{ protocol, station, quirks: settings, receivedAt: new Date(NOW - 2 * HOUR_MS + seconds * 1_000) },
});
const sessionsOf = async (station: string) =>
  (await service.transactionsOf(station)).map(({ ocppTransactionId, state, meterStartWh, meterStopWh, startedAt, endedAt, flags }) => ({
    ...{ ocppTransactionId, state, meterStartWh, meterStopWh, startedAt, endedAt },
    second: flags.includes('second-stop'),
  }));

/** So many examples, of messages that are read by the first settings and come again by the others. */
async function holds(runs: number, zone: fc.Arbitrary<string>, property: (example: Example) => Promise<void>): Promise<void> {
  const quirks = quirksOf(zone);
  const example: fc.Arbitrary<Example> = fc.record({
    ...{ before: quirks, after: quirks, asText: timeAs, isNamed: fc.boolean() },
    ...{ register: fc.integer({ min: 0, max: 60_000 }), seconds: fc.integer({ min: 1, max: 500 }) },
  });
  await fc.assert(fc.asyncProperty(example, inBudget(property, BUDGET_MS)), { numRuns: runs });
}

interface Example {
  before: QuirkSettings;
  after: QuirkSettings;
  asText: (at: number) => string;
  isNamed: boolean;
  register: number;
  seconds: number;
}

describe('a message that is sent again after a quirk of its station was switched', () => {
  it('1.6: a start begins one session, as it was read first', () =>
    holds(20, anyZone, async ({ before, after, asText, register, seconds }) => {
      const station = `switched-${++stations}`;
      const start = { connectorId: 1, idTag: 'TAG', meterStart: register, timestamp: asText(NOW - 2 * HOUR_MS) };
      const first = await service.receiveRaw(from('ocpp1.6', station, 0, before), 'StartTransaction', start);
      const read = await sessionsOf(station);
      for (const [nth, settings] of [after, before, {}].entries())
        expect(await service.receiveRaw(from('ocpp1.6', station, seconds + nth, settings), 'StartTransaction', start)).toEqual(first);
      expect(await sessionsOf(station)).toEqual(read);
      expect(read).toHaveLength(1);
    }));

  it('1.6: a stop ends its session once, with its id and without', () =>
    holds(10, anyZone, async ({ before, after, asText, isNamed, register }) => {
      const station = `switched-${++stations}`;
      const start = { connectorId: 1, idTag: 'TAG', meterStart: 0, timestamp: asText(NOW - 2 * HOUR_MS) };
      const { transactionId } = await service.receiveRaw(from('ocpp1.6', station, 0, before), 'StartTransaction', start);
      const stop = { transactionId: isNamed ? transactionId : -1, meterStop: register, timestamp: asText(NOW - HOUR_MS) };
      await service.receiveRaw(from('ocpp1.6', station, 3_600, before), 'StopTransaction', stop);
      const read = await sessionsOf(station);
      await service.receiveRaw(from('ocpp1.6', station, 3_610, after), 'StopTransaction', stop);
      expect(await sessionsOf(station)).toEqual(read);
      expect(read.map(({ second }) => second)).not.toContain(true);
    }));

  it('2.x: an event is the same event', () =>
    holds(10, easternZone, async ({ before, after, asText }) => {
      const station = `switched-${++stations}`;
      const event = (eventType: string, seqNo: number, at: number) => ({
        ...{ eventType, seqNo, timestamp: asText(at), triggerReason: 'Trigger', transactionInfo: { transactionId: 'T' } },
        evse: { id: 1, connectorId: 1 },
      });
      const messages = [event('Started', 0, NOW - 2 * HOUR_MS), event('Ended', 1, NOW - HOUR_MS)];
      for (const message of messages)
        await service.receiveRaw(from('ocpp2.0.1', station, 3_600 * message.seqNo, before), 'TransactionEvent', message);
      const read = await sessionsOf(station);
      for (const message of messages) await service.receiveRaw(from('ocpp2.0.1', station, 3_700, after), 'TransactionEvent', message);
      expect(await sessionsOf(station)).toEqual(read);
      expect(await service.database.query('SELECT FROM transactions.events WHERE station = $1', [station])).toHaveLength(2);
    }));
});

it('a start that an earlier version has stored as it was read is the same start', async () => {
  const station = 'switched-long-ago';
  const settings = { 'energy-in-kwh': true } as const;
  const start = { connectorId: 1, idTag: 'TAG', meterStart: 12, timestamp: new Date(NOW - 2 * HOUR_MS).toISOString() };
  const first = await service.receive({ ...from('ocpp1.6', station, 0, settings) }, 'StartTransaction', { ...start, meterStart: 12_000 });
  expect(await service.receiveRaw(from('ocpp1.6', station, 900, settings), 'StartTransaction', start)).toEqual(first);
});

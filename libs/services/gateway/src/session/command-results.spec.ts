import { CALL_RESULTS, type CallOutcome, type CallResult } from '@voltbus/contracts';
import { BusUnavailable, MAX_VALUE_BYTES, MemoryBus, type OutgoingRecord } from '@voltbus/bus';
import { silentLogger, testMetrics, until, within } from '@voltbus/testing';
import type { Command } from './command-queue';
import { GatewayTelemetry } from '../telemetry';
import { MAX_WAITING_RESULT_BYTES, RESULT_ROOM_BYTES } from '../limits';
import { CommandResults } from './command-results';

/** The in-process bus, with a broker that can be away. */
class LeavingBus extends MemoryBus {
  away = false;

  override async publish(topic: Parameters<MemoryBus['publish']>[0], record: OutgoingRecord): Promise<void> {
    if (this.away) throw new BusUnavailable('away');
    await super.publish(topic, record);
  }
}

const by = { ref: { tenant: 'default', station: 'CS-1' }, protocol: 'ocpp1.6', inst: 'gw', epoch: 7 };
const metrics = testMetrics();
let bus: LeavingBus;
let settlements: CommandResults;
let results: CallResult[];

beforeEach(async () => {
  bus = new LeavingBus({ logger: silentLogger, metrics, absentGroups: 'skip' });
  settlements = new CommandResults(bus, new GatewayTelemetry(silentLogger, metrics));
  results = [];
  await bus.follow({
    name: 'results',
    topic: CALL_RESULTS,
    handle: ({ value }) => void results.push(JSON.parse(value.toString()) as CallResult),
  });
});
afterEach(() => bus.close());

function settle(commandId: string, outcome: CallOutcome, payload: unknown = {}): void {
  const command: Command = { commandId, action: 'Reset', payload, deadline: 0, timeoutMs: 1, priority: 5, span: null };
  settlements.publishResult(by, command, outcome, 1);
}

async function receivedResults(count: number): Promise<CallResult[]> {
  await within('all results that wait are published', settlements.flush());
  await until(`${count} results are received`, () => results.length >= count);
  return results;
}

it('results wait while the bus is away and keep their order: the end of a command never comes before `sent`', async () => {
  bus.away = true;
  for (const id of ['c1', 'c2']) {
    settle(id, { kind: 'sent' });
    settle(id, { kind: 'answered', response: { status: 'Accepted' } });
  }
  await new Promise((next) => setImmediate(next));
  expect(results).toEqual([]);
  bus.away = false;
  const outcomes = (await receivedResults(4)).map(({ commandId, outcome }) => `${commandId} ${outcome.kind}`);
  expect(outcomes).toEqual(['c1 sent', 'c1 answered', 'c2 sent', 'c2 answered']);
});

it('results hold the command, the connection and the time', async () => {
  settle('c1', { kind: 'unknown' }, { type: 'Soft' });
  expect((await receivedResults(1))[0]).toMatchObject({
    ...by.ref,
    inst: 'gw',
    epoch: 7,
    action: 'Reset',
    request: { type: 'Soft' },
    sentAt: 1,
  });
});

it('a result too large for the bus still ends its command, as an error', async () => {
  settle('c1', { kind: 'answered', response: { data: 'x'.repeat(MAX_VALUE_BYTES) } });
  settle('c2', { kind: 'unknown' }, { data: 'x'.repeat(MAX_VALUE_BYTES) });
  expect(await receivedResults(2)).toMatchObject([
    { commandId: 'c1', request: null, outcome: { kind: 'error', code: 'InternalError' } },
    { commandId: 'c2', request: null, outcome: { kind: 'unknown' } },
  ]);
});

it('results leave room for what the event that ends a command adds to its request and response', async () => {
  const size = MAX_VALUE_BYTES / 2 - RESULT_ROOM_BYTES / 2;
  settle('c1', { kind: 'answered', response: { data: 'x'.repeat(size - 500) } }, { data: 'y'.repeat(size - 500) });
  settle('c2', { kind: 'answered', response: { data: 'x'.repeat(size) } }, { data: 'y'.repeat(size) });
  expect((await receivedResults(2)).map(({ outcome }) => outcome.kind)).toEqual(['answered', 'error']);
});

it('results wait within a bound of bytes; beyond it the oldest is given up and counted', async () => {
  bus.away = true;
  const size = MAX_VALUE_BYTES / 2;
  const fit = Math.floor(MAX_WAITING_RESULT_BYTES / (size + 300));
  for (let at = 0; at <= fit; at++) settle(`c${at}`, { kind: 'answered', response: { data: 'x'.repeat(size) } });
  const lost = metrics.total('gateway_anomalies_total', { kind: 'result-lost' });
  expect(lost).toBeGreaterThan(0);
  expect(lost).toBeLessThanOrEqual(2);
  bus.away = false;
  expect((await receivedResults(fit + 1 - lost))[0]?.commandId).toBe(`c${lost}`);
});

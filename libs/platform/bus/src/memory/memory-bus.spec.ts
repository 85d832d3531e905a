import { expectSoon, gate, range, testMetrics } from '@voltbus/testing';
import { LANES, type Topic } from '@voltbus/contracts';
import { BusFull, BusUnavailable, PoisonError, TransientError, type BusRecord, type GroupSubscription } from '../port';
import { busContract } from '../testing/bus-contract';
import { recordCollector } from '../testing/record-collector';
import { MemoryBus, type MemoryBusOptions } from './memory-bus';
import { noopTelemetry } from '@voltbus/telemetry';

const opened: MemoryBus[] = [];

function memoryBus(options: Partial<MemoryBusOptions> = {}): MemoryBus {
  const bus = new MemoryBus({ ...noopTelemetry, ...options });
  opened.push(bus);
  return bus;
}

afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(opened.splice(0).map((bus) => bus.close()));
});

busContract('MemoryBus', async () => {
  const bus = new MemoryBus({ ...noopTelemetry, absentGroups: 'skip' }); // there is no router here to take dead letters
  return { bus: () => bus, close: () => bus.close() };
});

describe('MemoryBus', () => {
  const lane = LANES.transaction;
  const publish = (bus: MemoryBus, key: string, text: string, timeoutMs?: number) =>
    bus.publish(lane, { key, value: Buffer.from(text) }, timeoutMs === undefined ? {} : { timeoutMs });
  const transaction = (handle: (record: BusRecord) => Promise<void>, topics: readonly Topic[] = [lane]): GroupSubscription => ({
    group: 'transaction',
    topics,
    route: () => ({ shape: 'key', name: 'h', handle }),
  });

  it('reports a record as durable when the owner of the lane has handled it, and not before', async () => {
    const bus = memoryBus();
    const [begun, held] = [gate(), gate()];
    await bus.subscribe(
      transaction(() => {
        begun.open();
        return held.opened;
      }),
    );
    let durable = false;
    const published = publish(bus, 'a/1', 'x').then(() => (durable = true));
    await begun.opened;
    await new Promise((turn) => setImmediate(turn));
    expect(durable).toBe(false);
    held.open();
    await published;
  });

  it('lets no other subscriber delay a publisher', async () => {
    const bus = memoryBus();
    await bus.subscribe(transaction(async () => undefined));
    const held = gate();
    const audit = await bus.subscribe({ ...transaction(() => held.opened), group: 'audit' });
    await publish(bus, 'a/1', 'x');
    expect(await audit.lag()).toBe(1);
    held.open();
  });

  it('keeps records for the owner of a lane that has not subscribed yet; the publisher waits for it', async () => {
    const bus = memoryBus();
    const published = Promise.all(range(5).map((n) => publish(bus, 'a/1', String(n))));
    await new Promise((turn) => setImmediate(turn));
    const seen = recordCollector();
    await bus.subscribe(transaction(seen.one));
    await published;
    expect(seen.texts()).toEqual(['0', '1', '2', '3', '4']);
  });

  it('gives a publisher back its record in time when nobody handles it', async () => {
    const bus = memoryBus();
    await expect(publish(bus, 'a/1', 'x', 20)).rejects.toBeInstanceOf(BusUnavailable);
  });

  it('does not wait for services that a test leaves out, if so configured', async () => {
    const bus = memoryBus({ absentGroups: 'skip' });
    await publish(bus, 'a/1', 'x');
    const seen = recordCollector();
    await bus.subscribe(transaction(seen.one));
    await publish(bus, 'a/1', 'y');
    expect(seen.texts()).toEqual(['x', 'y']);
  });

  it('refuses beyond the bound of waiting bytes, and takes records again when some are handled', async () => {
    const bus = memoryBus({ maxWaitingBytes: 10_000 });
    const sent = range(6).map(() => bus.publish(lane, { key: 'a/1', value: Buffer.alloc(2_000) }).catch((error: unknown) => error));
    const refused = (await Promise.race([Promise.all(sent.slice(4)), new Promise((later) => setTimeout(later, 50, 'late'))])) as unknown[];
    expect(refused).toEqual([expect.any(BusFull), expect.any(BusFull)]);
    const seen = recordCollector();
    await bus.subscribe(transaction(seen.one));
    expect(await Promise.all(sent.slice(0, 4))).toEqual([undefined, undefined, undefined, undefined]);
    await bus.publish(lane, { key: 'a/1', value: Buffer.alloc(2_000) });
    expect(seen.count()).toBe(5);
  });

  it('forgets handled records beyond its bound and keeps the offsets growing', async () => {
    const bus = memoryBus();
    const topic: Topic = { ...lane, name: 'facts', partitions: 1, settledBy: ['reader'] };
    const seen = recordCollector();
    await bus.subscribe({ ...transaction(async (record) => seen.one({ ...record, value: Buffer.alloc(0) }), [topic]), group: 'reader' });
    for (const n of range(40)) await bus.publish(topic, { key: 'a/1', value: Buffer.alloc(500_000, n) });
    expect((await seen.wait(40)).map((record) => Number(record.offset))).toEqual(range(40));
    const late = recordCollector();
    await bus.subscribe({ ...transaction(async (record) => late.one({ ...record, value: Buffer.alloc(0) }), [topic]), group: 'late' });
    await bus.publish(topic, { key: 'a/1', value: Buffer.alloc(1) });
    await expectSoon(async () => expect(late.last()?.offset).toBe(40n));
    expect(late.count()).toBeGreaterThan(1);
    expect(late.count()).toBeLessThan(25); // 8 MiB of them
  });

  it('is unavailable when nothing was acknowledged for a while, and available again with the next acknowledgement', async () => {
    const bus = memoryBus({ downAfterMs: 30 });
    const changes: boolean[] = [];
    bus.onAvailability((available) => changes.push(available));
    let away = true;
    await bus.subscribe(
      transaction(async () => {
        if (away) throw new TransientError('database away');
      }),
    );
    const published = publish(bus, 'a/1', 'x');
    await expectSoon(async () => expect(bus.available).toBe(false));
    away = false;
    await published;
    expect(bus.available).toBe(true);
    expect(changes).toEqual([false, true]);
  });

  it('delivers again what was handled but not committed when the process died', async () => {
    let crashes = 2;
    const bus = memoryBus({ faults: { crashBeforeCommit: () => crashes-- > 0 } });
    const seen = recordCollector();
    await bus.subscribe(transaction(seen.one));
    await publish(bus, 'a/1', 'x');
    expect(seen.texts()).toEqual(['x', 'x', 'x']);
  });

  it('can deliver twice and late, as a network does', async () => {
    const bus = memoryBus({ faults: { deliver: ({ group }) => (group === 'transaction' ? { twice: true, delayMs: 30 } : undefined) } });
    const seen = recordCollector();
    const startedAt = performance.now();
    await bus.subscribe(transaction(seen.one));
    await publish(bus, 'a/1', 'x');
    expect(seen.texts()).toEqual(['x', 'x']);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(29);
  });

  it('shows in the metrics what a group has not handled, and counts the dead letters', async () => {
    const metrics = testMetrics();
    const bus = memoryBus({ metrics, absentGroups: 'skip' });
    const held = gate();
    await bus.subscribe(
      transaction(async ({ value }) => {
        await held.opened;
        if (value.toString() === 'poison') throw new PoisonError('odd');
      }),
    );
    const lag = (unit: string) => metrics.series(`kafka_consumer_lag_${unit}`);
    const labels = { topic: lane.name, group: 'transaction' };
    expect(lag('seconds')).toEqual([{ value: 0, labels }]);
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now());
    const published = Promise.all(['x', 'y', 'poison'].map((text) => publish(bus, 'a/1', text)));
    clock.mockReturnValue(Date.now() + 60_000);
    expect(lag('records')).toEqual([{ value: 3, labels }]);
    expect(lag('seconds')).toEqual([{ value: 60, labels }]);
    held.open();
    await published;
    expect([lag('records'), lag('seconds')]).toEqual([[{ value: 0, labels }], [{ value: 0, labels }]]);
    expect(metrics.total('kafka_dlq_total')).toBe(1);
    expect(metrics.total('kafka_dlq_total', { topic: lane.name, group: 'transaction', kind: 'poison' })).toBe(1);
  });

  it("never delivers within the publisher's call", async () => {
    const bus = memoryBus();
    const seen = recordCollector();
    await bus.subscribe(transaction(seen.one));
    await bus.follow({ name: 'f', topic: lane, handle: (record) => void seen.one(record) });
    const published = publish(bus, 'a/1', 'x');
    expect(seen.count()).toBe(0);
    await published;
    expect(seen.count()).toBe(2);
  });

  it('answers publishers that wait when it is closed', async () => {
    const bus = memoryBus();
    const published = publish(bus, 'a/1', 'x');
    const answer = expect(published).rejects.toBeInstanceOf(BusUnavailable);
    await bus.close();
    await answer;
  });
});

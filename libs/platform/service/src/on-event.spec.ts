import { MemoryBus, PoisonError, type BusRecord } from '@voltbus/bus';
import {
  COMMANDS,
  CONNECTIONS,
  DEAD_LETTERS,
  STATIONS,
  TENANTS,
  toCloudEventHeaders,
  type EventType,
  type StationGrouping,
} from '@voltbus/contracts';
import { silentLogger, testMetrics } from '@voltbus/testing';
import { onBatch, onEach, type EventSubscription } from './on-event';
import { receiveEvent } from './received-event';
import { subscribeEvents } from './subscribe-events';

const GROUPING: StationGrouping = { tenant: 'acme', station: 'CS/1', group: 'depot' };
const TENANT = { tenant: 'acme', unknownTokens: 'refuse', currency: 'EUR' };

let bus: MemoryBus;
let deadLetters: BusRecord[];
beforeEach(async () => {
  bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  deadLetters = [];
  await bus.follow({ name: 'dead letters', topic: DEAD_LETTERS, handle: (record) => void deadLetters.push(record) });
});
afterEach(() => bus.close());

/** Resolves when the group of the topic has committed it. */
function publish({ topic, type }: EventType, value: unknown, key = 'acme/CS/1'): Promise<void> {
  const attributes = { id: 'e1', source: '/spec', time: '2026-11-29T12:00:00Z', subject: key, tenant: 'acme' };
  const headers = type === null ? {} : toCloudEventHeaders({ ...attributes, type });
  return bus.publish(topic, { key, value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), headers });
}

const subscribe = (...subscriptions: EventSubscription[]) => subscribeEvents({ bus, group: 'cdr', subscriptions });

describe('a subscription to events', () => {
  it('receives the events of its types, checked and with their attributes, and no others', async () => {
    const received: unknown[] = [];
    await subscribe(
      onEach(STATIONS.events.grouped, async ({ data, ref, tenant, time, type }) => void received.push({ data, ref, tenant, time, type })),
    );
    await publish(STATIONS.events.deleted, { ...GROUPING, group: null });
    await publish(STATIONS.events.grouped, { ...GROUPING, addedLater: true });
    expect(received).toEqual([
      {
        data: GROUPING,
        ref: { tenant: 'acme', station: 'CS/1' },
        tenant: 'acme',
        time: new Date('2026-11-29T12:00:00Z'),
        type: 'voltbus.station.grouped',
      },
    ]);
  });

  it('fills in what an older publisher leaves out', async () => {
    const received: unknown[] = [];
    await subscribe(onEach(TENANTS.events.changed, async ({ data }) => void received.push(data)));
    await publish(TENANTS.events.changed, TENANT, 'acme/-');
    expect(received).toEqual([expect.objectContaining({ ...TENANT, masterPassGroup: null, showCost: false, defaultTariff: null })]);
  });

  it.each([
    ['that is not JSON', '{"tenant":'],
    ['without a member that the type demands', { tenant: 'acme' }],
    ['with a member of another kind', { ...GROUPING, group: 7 }],
  ])('dead-letters a record %s at once, and goes on', async (_title, value) => {
    const received: string[] = [];
    await subscribe(onEach(STATIONS.events.grouped, async ({ data }) => void received.push(data.station)));
    await publish(STATIONS.events.grouped, value);
    await publish(STATIONS.events.grouped, GROUPING);
    expect(received).toEqual(['CS/1']);
    expect(deadLetters).toHaveLength(1);
  });

  it('of several blocks to one event is handled by each, in the order of the blocks', async () => {
    const order: string[] = [];
    const taking = (name: string) => onEach(STATIONS.events.grouped, async () => void order.push(name));
    await subscribe(
      taking('first'),
      onBatch(STATIONS.events.grouped, async (events) => void order.push(`${events.length} at once`)),
      taking('last'),
    );
    await publish(STATIONS.events.grouped, GROUPING);
    expect(order).toEqual(['first', '1 at once', 'last']);
  });

  it('waits while the database is away, whichever block found out, and then handles the event again', async () => {
    let attempts = 0;
    await subscribe(
      onEach(STATIONS.events.grouped, async () => {
        attempts += 1;
        if (attempts < 3) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      }),
    );
    await publish(STATIONS.events.grouped, GROUPING);
    expect([attempts, deadLetters]).toEqual([3, []]);
  });

  it('may be to several types of one topic, never of two', async () => {
    const { connected, disconnected } = CONNECTIONS.events;
    expect(onEach([connected, disconnected], async () => undefined).types).toEqual([connected.type, disconnected.type]);
    const mixed: readonly EventType[] = [STATIONS.events.grouped, TENANTS.events.changed];
    expect(() => onEach(mixed, async () => undefined)).toThrow('of one topic');
  });
});

describe('an event type', () => {
  const record = (value: unknown): BusRecord => ({
    ...{ topic: COMMANDS.name, partition: 0, offset: 1n, key: 'acme/CS-1', headers: {}, timestamp: 0 },
    value: Buffer.from(JSON.stringify(value)),
  });

  it('of a topic without CloudEvents headers reads its records, and logs that they carry no attributes', () => {
    const command = {
      id: '0b2f1d52-5d0e-4b5e-9d4b-0a6f5a1d7c11',
      tenant: 'acme',
      station: 'CS-1',
      action: 'Reset',
      payload: {},
      requestedBy: 'spec',
    };
    const event = receiveEvent(COMMANDS.events.requested, record(command));
    expect(event.data).toEqual({ ...command, priority: 5 });
    expect(() => event.tenant).toThrow(PoisonError);
  });

  it('binds the handler to its data', () => {
    // @ts-expect-error -- a grouping has no currency
    const wrong = onEach(STATIONS.events.grouped, async ({ data }) => data.currency);
    expect(wrong.shape).toBe('key');
  });
});

import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import { DOWNLINK, LANES, META_HEADER, STATIONS, packUplink, toCloudEventHeaders } from '@voltbus/contracts';
import { v16 } from '@voltbus/ocpp';
import { readSettings } from '@voltbus/runtime';
import { freshDatabase, silentLogger, testMetrics, type FreshDatabase } from '@voltbus/testing';
import { answer } from './answers';
import { defineBlock, type Block } from './block';
import { onEach } from './on-event';
import { Service } from './service';
import { migrationsOf, tablesOf } from './service-definition';

/** Stands in for a store: what a block has kept. */
class Notes {
  readonly kept: string[] = [];
}
const order: string[] = [];
const notes = defineBlock({
  name: 'notes',
  migrations: [{ id: '0002-notes', sql: 'CREATE TABLE spec.notes (id int)' }],
  tables: [
    {
      ...({ name: 'notes', holds: 'Notes', madeBy: 'services', bound: 'none', tenant: null, station: null } as const),
      keeping: { kind: 'ever', why: 'a spec' },
    },
  ],
  store: () => new Notes(),
  build: ({ store }) => ({ notes: store }),
  start: () => void order.push('notes start'),
  stop: () => void order.push('notes stop'),
});
const heartbeats = defineBlock({
  name: 'heartbeats',
  build: ({ use, storeOf, now }) => ({ notes: use(notes).notes, same: storeOf(notes), now }),
  answers: ({ notes: { kept }, now }) => [
    answer(v16.Heartbeat, {
      shape: 'key',
      decide: ({ ref }) => {
        kept.push(`heartbeat of ${ref.station}`);
        return Promise.resolve({ payload: { currentTime: now().toISOString() } });
      },
    }),
  ],
  on: ({ notes: { kept } }) => [
    onEach(STATIONS.events.grouped, async ({ data }) => void kept.push(`${data.station} in ${String(data.group)}`)),
  ],
  start: () => void order.push('heartbeats start'),
  stop: () => void order.push('heartbeats stop'),
});

const NOW = new Date('2026-11-29T12:00:00Z');

let database: FreshDatabase;
let bus: MemoryBus;
let service: Service | undefined;
beforeEach(async () => {
  database = await freshDatabase();
  bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  order.length = 0;
});
afterEach(async () => {
  await service?.database.destroy();
  service = undefined;
  await bus.close();
  await database.drop();
});

async function open(...blocks: Block[]): Promise<Service> {
  const secrets = { VOLTBUS_DATABASE_URL: database.url, VOLTBUS_ADMIN_KEY: 'k'.repeat(40), VOLTBUS_KEY_PEPPER: 'p'.repeat(40) };
  service = await Service.open(
    { name: 'transaction', schema: 'spec', lane: 'transaction', blocks },
    {
      settings: readSettings(secrets, 'standalone', 'standalone'),
      ...{ bus, connections: new MemoryConnections(), logger: silentLogger, metrics: testMetrics() },
      commands: { sendCommand: () => Promise.reject(new Error('no router here')) },
      now: () => NOW,
    },
  );
  return service;
}

describe('a service', () => {
  it('is its blocks: each has its tables, what it uses of earlier ones, and its start and stop', async () => {
    const opened = await open(notes, heartbeats);
    expect(await opened.database.query('SELECT * FROM spec.notes')).toEqual([]);
    expect(opened.use(heartbeats).same).toBe(opened.storeOf(notes));
    await opened.start();
    await opened.stop();
    expect(order).toEqual(['notes start', 'heartbeats start', 'heartbeats stop', 'notes stop']);
    expect(migrationsOf(opened.definition).map(({ id }) => id)).toEqual(['0000-outbox', '0002-notes']);
    expect(tablesOf(opened.definition).tables.map(({ name }) => name)).toEqual(['migrations', 'outbox', 'notes']);
  });

  it('answers its lane and receives the events of its blocks', async () => {
    const opened = await open(notes, heartbeats);
    const replies: string[] = [];
    await bus.follow({ name: 'gateway', topic: DOWNLINK, handle: ({ value }) => void replies.push(value.toString()) });
    await opened.start();
    const meta = packUplink({
      ...{ protocol: 'ocpp1.6', action: 'Heartbeat', messageId: 'm1', ack: 'service', registration: 'accepted', checked: 'no' },
      ...{ returnTo: { inst: 'gw', bucket: 1, epoch: 1 }, receivedAt: Date.now(), answerBy: Date.now() + 60_000 },
    });
    await bus.publish(LANES.transaction, {
      key: 'acme/CS-1',
      value: Buffer.from('[2,"m1","Heartbeat",{}]'),
      headers: { [META_HEADER]: meta },
    });
    const grouping = { tenant: 'acme', station: 'CS-1', group: 'depot' };
    const headers = toCloudEventHeaders({
      ...{ id: 'e1', type: 'voltbus.station.grouped', source: '/spec', time: NOW.toISOString(), subject: 'acme/CS-1', tenant: 'acme' },
    });
    await bus.publish(STATIONS, { key: 'acme/CS-1', value: Buffer.from(JSON.stringify(grouping)), headers });
    await opened.stop();
    expect(opened.use(notes).notes.kept).toEqual(['heartbeat of CS-1', 'CS-1 in depot']);
    expect(replies.map((reply) => JSON.parse(reply) as unknown)).toEqual([[3, 'm1', { currentTime: NOW.toISOString() }]]);
  });

  it('is not opened with a block that uses one behind it, or with two answers to one action', async () => {
    await expect(open(heartbeats, notes)).rejects.toThrow('stands behind');
    await expect(open(notes, heartbeats, { ...heartbeats, name: 'again' })).rejects.toThrow('two blocks answer Heartbeat');
  });
});

import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import {
  COMMANDS,
  CALL_RESULTS,
  DEAD_LETTERS,
  DOWNLINK,
  META_HEADER,
  parseStationKey,
  unpackDownlink,
  type CallOutcome,
  type Command,
  type DownlinkCall,
} from '@voltbus/contracts';
import { TestApp } from '@voltbus/http/testing';
import { BUS, CONNECTIONS, HEALTH, LIFECYCLE, LOGGER, METRICS, type Part } from '@voltbus/runtime';
import { freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import { RouterHttpModule, RouterWorkerModule } from '../router.module';
import { MAX_LISTED_BYTES } from '../store/typeorm-dead-letters';
import type { Service } from '../wiring';
import { ROUTER_SERVICE } from './injection';

const parts: Part[] = [];
const connections = new MemoryConnections({ leaseTtlMs: 3_600_000 });
const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
/** What the station says to the next calls. */
let outcome: CallOutcome | null = null;
/** The commands that reached the station, each as often as it did. */
const reached: string[] = [];
let face: TestApp;
let service: Service;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await freshDatabase();
  drop = database.drop;
  await connections.renewLease({ inst: 'gw', bucket: 0 });
  await connections.acquire({ tenant: 'default', station: 'CS/1' }, { inst: 'gw', bucket: 0, protocol: 'ocpp1.6', lastSeenAt: 0 });
  face = await TestApp.create({
    modules: [RouterWorkerModule, RouterHttpModule],
    databaseUrl: database.url,
    pool: 4,
    logger: silentLogger,
    provided: [
      [BUS, bus],
      [CONNECTIONS, connections],
      [LOGGER, silentLogger],
      [METRICS, testMetrics()],
      [HEALTH, { addCheck: () => undefined }],
      [LIFECYCLE, { add: (_phase: string, part: Part) => parts.push(part) }],
    ],
  });
  service = face.get<Service>(ROUTER_SERVICE);
  for (const part of parts) await part.start?.();
  await bus.follow({
    name: 'gateway',
    topic: DOWNLINK,
    handle: ({ key, value, headers }) => void answer(key, value, headers[META_HEADER]),
  });
});
afterAll(async () => {
  for (const part of [...parts].reverse()) await part.stop?.(5_000);
  await face?.close();
  await bus.close();
  await drop?.();
});

/** The gateway and its station. */
async function answer(key: string, value: Buffer, packed: Buffer | undefined): Promise<void> {
  const meta = unpackDownlink(packed);
  if (meta.kind === 'call') reached.push(meta.commandId);
  if (meta.kind !== 'call' || outcome === null) return;
  const { action, payload } = JSON.parse(value.toString()) as DownlinkCall;
  const at = Date.now();
  const { commandId, inst, epoch } = meta;
  const result = {
    commandId,
    tenant: 'default',
    station: parseStationKey(key).station,
    protocol: 'ocpp1.6',
    action,
    request: payload,
    outcome,
    inst,
    epoch,
    sentAt: at,
    at,
  };
  await bus.publish(CALL_RESULTS, { key, value: Buffer.from(JSON.stringify(result)) });
}

interface Asked {
  method?: 'GET' | 'POST';
  body?: object;
  tenant?: string;
  idempotencyKey?: string;
}

const ask = <T = Command>(url: string, { method = 'GET', body, tenant = 'default', idempotencyKey }: Asked = {}) =>
  face.request<T>(method, url, { body, tenant, headers: idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey } });

const reset = { action: 'Reset', payload: { type: 'Soft' } };
const command = (body: object, more: Asked = {}, station = 'CS%2F1') =>
  ask(`/v1/stations/${station}/commands`, { method: 'POST', body, ...more });

describe('POST /v1/stations/{station}/commands', () => {
  beforeEach(() => {
    outcome = { kind: 'answered', response: { status: 'Accepted' } };
  });

  it('waits for the outcome as long as it is asked to', async () => {
    const { status, body } = await command({ ...reset, wait: 10 });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { status: 'answered', response: { status: 'Accepted' }, station: 'CS/1' },
    });
    expect(await ask(`/v1/commands/${body.id}`)).toEqual({ status: 200, body });
    expect(await ask(`/v1/commands/${body.id}`, { tenant: 'other' })).toMatchObject({ status: 404 });
  });

  it('answers 202 with the command as it stands when the wait ends before it', async () => {
    outcome = { kind: 'sent' };
    let { status, body } = await command({ ...reset, wait: 0.3 });
    if (body.status === 'queued') ({ status, body } = await command({ ...reset, wait: 10 })); // a busy machine had not sent it by then
    expect({ status, body }).toMatchObject({ status: 202, body: { status: 'sent', endedAt: null } });
  });

  it('answers 202 at once without a wait', async () => {
    expect(await command(reset)).toMatchObject({ status: 202, body: { status: 'queued', response: null, sentAt: null } });
  });

  it('says offline for a station that no gateway holds', async () => {
    expect(await command({ ...reset, wait: 10 }, {}, 'CS-AWAY')).toMatchObject({ status: 200, body: { status: 'offline' } });
    expect(await command(reset, {}, 'CS-AWAY')).toMatchObject({ status: 202, body: { status: 'offline' } });
  });

  it('takes the same key with the same body for the same command, told once to the station', async () => {
    const first = await command({ ...reset, wait: 10 }, { idempotencyKey: 'one' });
    const again = await command({ payload: { type: 'Soft' }, action: 'Reset' }, { idempotencyKey: 'one' });
    expect(again).toEqual({ status: 202, body: first.body });
    expect(reached.filter((id) => id === first.body.id)).toHaveLength(1);
    const other = await command({ ...reset, payload: { type: 'Hard' } }, { idempotencyKey: 'one' });
    expect(other).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(await command(reset, { idempotencyKey: 'one' }, 'CS-2')).toMatchObject({ status: 409 });
    expect(await command(reset, { idempotencyKey: 'one', tenant: 'other' })).toMatchObject({
      status: 202,
      body: { tenant: 'other', status: 'offline' },
    });
  });

  it('tells a repeat of its command also while the registry is away, or when the station has come back in another version', async () => {
    const ref = { tenant: 'default', station: 'CS-CHANGES' };
    const by = { inst: 'gw', bucket: 0, lastSeenAt: 0 };
    await connections.acquire(ref, { ...by, protocol: 'ocpp1.6' });
    const first = await command({ ...reset, wait: 10 }, { idempotencyKey: 'again' }, 'CS-CHANGES');
    expect(first).toMatchObject({ status: 200 });
    await connections.acquire(ref, { ...by, protocol: 'ocpp2.1' });
    expect((await command(reset, { idempotencyKey: 'again' }, 'CS-CHANGES')).body).toEqual(first.body);
    connections.setAvailable(false);
    expect((await command(reset, { idempotencyKey: 'again' }, 'CS-CHANGES')).body).toEqual(first.body);
    connections.setAvailable(true);
  });

  it('answers both of two at the same time with the one command', async () => {
    const both = await Promise.all([1, 2].map(() => command({ ...reset, wait: 10 }, { idempotencyKey: 'twice' })));
    expect(both[0]).toEqual(both[1]);
    expect(reached.filter((id) => id === both[0]?.body.id)).toHaveLength(1);
  });

  it.each([
    [{ action: 'Reset', payload: { type: 'Sideways' } }, '/payload/type'],
    [{ action: 'Reset', payload: {} }, '/payload/type'],
    [{ action: 'BootNotification', payload: {} }, '/action'],
    [{ action: 'Explode' }, '/action'],
    [{ action: 'Reset', payload: [] }, '/payload'],
    [{ payload: {} }, '/action'],
    [{ ...reset, wait: 61 }, '/wait'],
    [{ ...reset, priority: 10 }, '/priority'],
    [{ ...reset, ttl: -1 }, '/ttl'],
    [{ ...reset, urgent: true }, 'urgent'],
  ])('refuses %j, naming %s', async (body, path) => {
    const answered = await command(body);
    expect(answered).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(JSON.stringify(answered.body)).toContain(path);
  });

  it.each([
    ['CS%2F1', { action: 'ChangeConfiguration', payload: { key: 'AuthorizationKey', value: '0123456789abcdef' } }],
    ['CS-AWAY', { action: 'SetVariables', payload: { setVariableData: [{ variable: { name: 'basicAuthPassword' } }] } }],
    ['CS-AWAY', { action: 'SetNetworkProfile', payload: { connectionData: { vpn: { key: 'k' } } } }],
  ])('refuses the secret of %s in %j and keeps nothing of it', async (station, body) => {
    const before = await stored();
    expect(await command(body, {}, station)).toMatchObject({ status: 409, body: { code: 'secret-in-command' } });
    expect(await stored()).toBe(before);
  });

  it('answers 503 while the registry is away, and stores nothing', async () => {
    const before = await stored();
    connections.setAvailable(false);
    expect(await command(reset)).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    connections.setAvailable(true);
    expect(await stored()).toBe(before);
  });

  it.each([['CS%00'], ['x'.repeat(49)]])('refuses station %j', async (station) => {
    expect(await command(reset, {}, station)).toMatchObject({ status: 422 });
  });

  it('refuses a key that cannot be one', async () => {
    expect(await command(reset, { idempotencyKey: 'x'.repeat(256) })).toMatchObject({ status: 400, body: { code: 'bad-request' } });
  });
});

describe('POST /v1/commands/{id}/cancel', () => {
  it('takes back what waits for its station, and says when it is too late', async () => {
    const { id } = (await command({ ...reset, ttl: 60 }, {}, 'CS-AWAY')).body;
    const cancel = (of: string, tenant = 'default') => ask(`/v1/commands/${of}/cancel`, { method: 'POST', tenant });
    expect(await cancel(id, 'other')).toMatchObject({ status: 404 });
    expect(await cancel(id)).toMatchObject({ status: 200, body: { id, status: 'cancelled' } });
    expect(await ask(`/v1/commands/${id}`)).toMatchObject({ body: { status: 'cancelled' } });
    const { id: ended } = (await command(reset, {}, 'CS-AWAY')).body;
    expect(await cancel(ended)).toMatchObject({ status: 409, body: { code: 'too-late' } });
    expect(await cancel('not-a-uuid')).toMatchObject({ status: 404 });
  });
});

describe('GET /v1/commands', () => {
  it('pages through the commands of a station, the newest first', async () => {
    const ids: string[] = [];
    for (let many = 0; many < 3; many++) ids.unshift((await command(reset, {}, 'CS-LIST')).body.id);
    interface List {
      items: Command[];
      nextCursor: string | null;
    }
    const first = await ask<List>('/v1/commands?station=CS-LIST&limit=2');
    const second = await ask<List>(`/v1/commands?station=CS-LIST&limit=2&cursor=${first.body.nextCursor}`);
    const listed = [...first.body.items, ...second.body.items];
    expect(listed.map(({ id }) => id).sort()).toEqual([...ids].sort());
    const times = listed.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort().reverse());
    expect(second.body.nextCursor).toBeNull();
    expect((await ask<List>('/v1/commands?station=CS-LIST', { tenant: 'other' })).body.items).toEqual([]);
  });

  it.each([
    ['/v1/commands?cursor=Z2FyYmFnZQ', 400],
    ['/v1/commands?station=%00', 400],
    ['/v1/commands/not-a-uuid', 404],
    ['/v1/commands/00000000-0000-0000-0000-000000000000', 404],
    ['/v1/dead-letters/not-a-uuid', 404],
    ['/v1/dead-letters/00000000-0000-0000-0000-000000000000', 404],
  ])('answers %s with a problem', async (url, status) => {
    expect(await ask(url)).toMatchObject({
      status,
      body: { code: expect.stringMatching(status === 400 ? /^(bad-request|invalid-cursor)$/ : /^not-found$/) },
    });
  });
});

it('shows dead letters to the administrator, and replays them', async () => {
  await bus.publish(COMMANDS, { key: 'default/CS/1', value: Buffer.from('no wish') });
  interface Letter {
    id: string;
    value: string;
    kind: string;
    replayedAt: string | null;
  }
  let items: Letter[] = [];
  while (items.length === 0) ({ items } = (await ask<{ items: Letter[] }>('/v1/dead-letters')).body);
  expect(items[0]).toMatchObject({ value: 'no wish', kind: 'poison', topic: COMMANDS.name, key: 'default/CS/1', replayedAt: null });
  const url = `/v1/dead-letters/${items[0]?.id}`;
  expect(await ask(url, { tenant: 'other' })).toMatchObject({ status: 404 });
  expect(await ask<Letter>(`${url}/replay`, { method: 'POST' })).toMatchObject({ status: 202, body: { replayedAt: expect.any(String) } });
  expect((await ask<Letter>(url)).body.replayedAt).not.toBeNull();
});

async function stored(): Promise<number> {
  const rows: { count: string }[] = await service.database.query('SELECT count(*) FROM router.commands');
  return Number(rows[0]?.count);
}

it('shows the beginning of large dead letters in lists, the whole of one, and does not replay what stayed in its topic', async () => {
  const origin = (offset: number) => ({ 'origin-topic': COMMANDS.name, 'origin-partition': '0', 'origin-offset': String(offset) });
  const large = Buffer.from('x'.repeat(MAX_LISTED_BYTES + 1));
  const key = 'default/large';
  await bus.publish(DEAD_LETTERS, { key, value: large, headers: origin(1_001) });
  await bus.publish(DEAD_LETTERS, { key, value: Buffer.alloc(0), headers: { ...origin(1_002), 'origin-left-behind': '1048577' } });
  interface Letter {
    id: string;
    key: string;
    offset: string;
    value: string;
    valueBytes: number;
  }
  const listed = async () => (await ask<{ items: Letter[] }>('/v1/dead-letters')).body.items.filter((letter) => letter.key === key);
  let letters: Letter[] = [];
  while (letters.length < 2) letters = await listed();
  const of = (offset: string) => letters.find((letter) => letter.offset === offset);
  expect(of('1001')).toMatchObject({ valueBytes: large.length, value: 'x'.repeat(MAX_LISTED_BYTES) });
  expect((await ask<Letter>(`/v1/dead-letters/${of('1001')?.id}`)).body.value).toHaveLength(large.length);
  const refused = await ask<{ code: string }>(`/v1/dead-letters/${of('1002')?.id}/replay`, { method: 'POST' });
  expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } });
});

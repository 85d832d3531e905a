import { MemoryBus, type BusRecord, type Subscription } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import {
  CALL_RESULTS,
  COMMANDS,
  COMMAND_RESULTS,
  CONNECTIONS,
  DEAD_LETTERS,
  DOWNLINK,
  LANES,
  META_HEADER,
  packUplink,
  toCloudEventHeaders,
  unpackDownlink,
  type CallOutcome,
  type Command,
  type DownlinkCall,
  type Protocol,
} from '@voltbus/contracts';
import { sendCommand } from '@voltbus/service';
import { TopicRecorder, freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import { openService, type Service } from './wiring';
import { RouterWorker } from './worker';

const BUCKET = 3;
const KEY = 'default/CS-1';
const REF = { tenant: 'default', station: 'CS-1' };

let bus: MemoryBus;
let connections: MemoryConnections;
let service: Service;
let worker: RouterWorker;
let drop: () => Promise<void>;
let epoch: number;
const listeners: Subscription[] = [];
const down = new TopicRecorder(({ headers, value }) => ({ meta: unpackDownlink(headers[META_HEADER]), text: value.toString() }));
const told = new TopicRecorder(({ headers, value }) => ({
  type: headers['ce_type']?.toString(),
  command: JSON.parse(value.toString()) as Command,
}));

beforeAll(async () => {
  bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  connections = new MemoryConnections({ leaseTtlMs: 3_600_000 });
  await connections.renewLease({ inst: 'gw', bucket: BUCKET });
  ({ epoch } = await connections.acquire(REF, { inst: 'gw', bucket: BUCKET, protocol: 'ocpp1.6', lastSeenAt: 0 }));
  const database = await freshDatabase();
  drop = database.drop;
  const parts = { bus, connections, logger: silentLogger, metrics: testMetrics() };
  service = await openService({ url: database.url, poolSize: 4, pepper: 'p'.repeat(32), callTimeoutSeconds: 30, ...parts });
  worker = new RouterWorker({ service, ...parts });
  listeners.push(await bus.follow({ name: 'gateway', topic: DOWNLINK, partition: BUCKET, handle: down.record }));
  listeners.push(await bus.follow({ name: 'other service', topic: COMMAND_RESULTS, handle: told.record }));
  await worker.start();
});
afterAll(async () => {
  await worker?.stop();
  for (const listener of listeners) await listener.close();
  await bus?.close();
  await service?.database.destroy();
  await drop?.();
});

/** What the gateway says of the last call that went down. */
async function settle(outcome: CallOutcome): Promise<void> {
  const last = down.items.at(-1);
  if (last?.meta.kind !== 'call') throw new Error('no call went down');
  const { action, payload } = JSON.parse(last.text) as DownlinkCall;
  const { inst, commandId } = last.meta;
  const result = {
    commandId,
    ...REF,
    protocol: 'ocpp1.6',
    action,
    request: payload,
    outcome,
    inst,
    epoch,
    sentAt: Date.now(),
    at: Date.now(),
  };
  await bus.publish(CALL_RESULTS, { key: KEY, value: Buffer.from(JSON.stringify(result)) });
}

const wish = (id: string, more: object = {}) => ({
  id,
  ...REF,
  action: 'Reset',
  payload: { type: 'Soft' },
  requestedBy: 'transaction',
  ...more,
});

it("takes another service's wish down to the station, and tells everybody its end", async () => {
  const id = '11111111-1111-4111-8111-111111111111';
  const before = { down: down.items.length, told: told.items.length };
  await sendCommand(bus, wish(id));
  await sendCommand(bus, wish(id)); // asked twice under one id: asked once
  const call = (await down.count(before.down + 1)).at(-1);
  expect(call?.meta).toMatchObject({ kind: 'call', inst: 'gw', epoch, commandId: id });
  await settle({ kind: 'sent' });
  await settle({ kind: 'answered', response: { status: 'Accepted' } });
  await settle({ kind: 'answered', response: { status: 'Rejected' } });
  expect((await told.count(before.told + 1)).slice(before.told)).toEqual([
    { type: 'voltbus.command.ended', command: expect.objectContaining({ id, status: 'answered', response: { status: 'Accepted' } }) },
  ]);
  expect(down.items).toHaveLength(before.down + 1);
  expect(worker.trouble()).toBeNull();
});

it.each([
  ['an action that is none', { action: 'Explode', payload: {} }, 'invalid', {}],
  ['a payload that breaks the schema', { payload: { type: 'Sideways' } }, 'invalid', { type: 'Sideways' }],
  [
    'a secret, which it does not keep',
    { action: 'ChangeConfiguration', payload: { key: 'AUTHORIZATIONKEY', value: 's3cret' } },
    'secret-in-command',
    {},
  ],
])('ends a wish with %s as an error: nobody else could be told', async (_what, more, code, kept) => {
  const before = told.items.length;
  await sendCommand(bus, wish(crypto.randomUUID(), more));
  const { command } = (await told.count(before + 1)).at(-1) ?? {};
  expect(command).toMatchObject({ status: 'error', error: { code }, payload: kept });
});

it('hears that a station has connected and sends what was kept for it', async () => {
  const ref = { tenant: 'default', station: 'CS-KEPT' };
  const command = await service.door.sendCommand({ ref, action: 'Reset', payload: { type: 'Hard' }, ttlSeconds: 600, requestedBy: 'spec' });
  await service.dispatcher.idle();
  await connections.acquire(ref, { inst: 'gw', bucket: BUCKET, protocol: 'ocpp1.6', lastSeenAt: 0 });
  const before = down.items.length;
  const headers = toCloudEventHeaders({
    id: 'id',
    type: 'voltbus.station.connected',
    source: '/voltbus/gateway',
    time: new Date().toISOString(),
    subject: 'default/CS-KEPT',
    tenant: 'default',
  });
  await bus.publish(CONNECTIONS, { key: 'default/CS-KEPT', value: Buffer.from('{}'), headers });
  expect((await down.count(before + 1)).at(-1)?.meta).toMatchObject({ commandId: command.id });
});

it.each<[Protocol, string, object, unknown[]]>([
  ['ocpp1.6', 'DataTransfer', { vendorId: 'acme' }, [3, 'm', { status: 'UnknownVendorId' }]],
  ['ocpp1.6', 'DataTransfer', { vendorId: 'acme', data: { quirk: 64 } }, [3, 'm', { status: 'UnknownVendorId' }]],
  ['ocpp2.0.1', 'DataTransfer', { vendorId: 'acme' }, [3, 'm', { status: 'UnknownVendorId' }]],
  ['ocpp2.1', 'DataTransfer', { vendorId: 'acme' }, [3, 'm', { status: 'UnknownVendorId' }]],
  ['ocpp2.1', 'NotifyEverything', {}, [4, 'm', 'NotImplemented']],
])('P02, 1.6 section 4.3 answers a station in %s that says %s', async (protocol, action, payload, answer) => {
  const before = down.items.length;
  const meta = packUplink({
    protocol,
    action,
    messageId: 'm',
    ack: 'service',
    returnTo: { inst: 'gw', bucket: BUCKET, epoch },
    registration: 'accepted',
    checked: 'no',
    receivedAt: Date.now(),
    answerBy: Date.now() + 10_000,
  });
  await bus.publish(LANES.router, {
    key: KEY,
    value: Buffer.from(JSON.stringify([2, 'm', action, payload])),
    headers: { [META_HEADER]: meta },
  });
  const reply = (await down.count(before + 1)).at(-1);
  expect(reply?.meta).toMatchObject({ kind: 'reply', messageId: 'm' });
  expect((JSON.parse(reply?.text ?? '[]') as unknown[]).slice(0, answer.length)).toEqual(answer);
});

it('keeps a record that nobody could handle, and replays it where it came from', async () => {
  const nonsense = { key: KEY, value: Buffer.from('no wish'), headers: { tag: 'kept' } };
  await bus.publish(COMMANDS, nonsense);
  const dead = new TopicRecorder((record: BusRecord) => record);
  listeners.push(await bus.follow({ name: 'commands', topic: COMMANDS, handle: dead.record }));
  const lettersOfWishes = async () =>
    (await service.letters.page('default', { limit: 10, after: null })).filter(({ handler }) => handler === 'command-wished');
  const [letter] = await eventually(lettersOfWishes);
  expect(letter).toMatchObject({ topic: COMMANDS.name, consumer: 'router', handler: 'command-wished', kind: 'poison', replayedAt: null });
  await service.deadLetters.replay('default', letter?.id ?? '');
  const [replayed] = await dead.count(1);
  expect({ key: replayed?.key, value: replayed?.value.toString(), headers: replayed?.headers }).toEqual({
    key: KEY,
    value: 'no wish',
    headers: { tag: Buffer.from('kept') },
  });
  const letters = await eventually(lettersOfWishes, (found) => found.length === 2);
  expect(letters.map(({ replayedAt }) => replayedAt === null)).toEqual([true, false]); // it died again: another letter
});

it('keeps a dead letter once, and without a key under the default tenant', async () => {
  const headers = { 'origin-topic': COMMANDS.name, 'origin-offset': '77', 'origin-partition': '1', 'origin-error': 'bad \u0000' };
  for (let times = 0; times < 2; times++) await bus.publish(DEAD_LETTERS, { key: '', value: Buffer.from([0, 255]), headers });
  const letters = await service.letters.page('default', { limit: 10, after: null });
  expect(letters.filter(({ offset }) => offset === '77')).toHaveLength(1);
});

async function eventually<T>(read: () => Promise<T[]>, enough = (found: T[]) => found.length > 0): Promise<T[]> {
  for (;;) {
    const found = await read();
    if (enough(found)) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

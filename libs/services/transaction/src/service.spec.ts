import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { MemoryBus, type Subscription } from '@voltbus/bus';
import {
  CDRS,
  CDR_REVIEWS,
  COMMANDS,
  COMMAND_RESULTS,
  CONNECTIONS,
  DOWNLINK,
  LANES,
  META_HEADER,
  TENANTS,
  TRANSACTIONS,
  packUplink,
  toCloudEventHeaders,
  type CommandRequest,
  type EndedTransaction,
  type Protocol,
  type Topic,
} from '@voltbus/contracts';
import { TopicRecorder, eventually, freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import type { Service } from '@voltbus/service';
import { authorization } from './authorization/block';
import { capabilities } from './capabilities/block';
import { localList } from './local-list/block';
import { cdrOf } from './testing/cdr';
import { openService } from './testing/worker-fixture';

const BUCKET = 3;
const ENDED = { status: 'answered', response: null, error: null, createdAt: new Date().toISOString(), sentAt: null, endedAt: null };

let bus: MemoryBus;
let service: Service;
let drop: () => Promise<void>;
const listeners: Subscription[] = [];
const replies = new TopicRecorder(({ value }) => JSON.parse(value.toString()) as [number, string, Record<string, unknown>]);
const published = new TopicRecorder(({ headers, value }) => ({
  type: headers['ce_type']?.toString(),
  value: JSON.parse(value.toString()) as EndedTransaction,
}));

beforeAll(async () => {
  bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const database = await freshDatabase();
  drop = database.drop;
  service = await openService(database.url, bus);
  listeners.push(await bus.follow({ name: 'gateway', topic: DOWNLINK, partition: BUCKET, handle: replies.record }));
  listeners.push(await bus.follow({ name: 'other team', topic: TRANSACTIONS, handle: published.record }));
  await service.start();
});
afterAll(async () => {
  await service?.stop();
  for (const listener of listeners) await listener.close();
  await bus?.close();
  await service?.database.destroy();
  await drop?.();
});

const CS_1 = { lane: LANES.transaction, station: 'CS-1', protocol: 'ocpp1.6' } as const;
let messages = 0;
/** What a gateway puts on the lane; resolves when the service has it for good. */
function send(
  action: string,
  payload: object,
  ack: 'service' | 'durable' = 'service',
  { lane, station, protocol }: { lane: Topic; station: string; protocol: Protocol } = CS_1,
): Promise<void> {
  const messageId = `m${++messages}`;
  const meta = packUplink({
    protocol,
    action,
    messageId,
    ack,
    returnTo: { inst: 'gw', bucket: BUCKET, epoch: 1 },
    registration: 'accepted',
    checked: 'no',
    receivedAt: Date.now(),
    answerBy: Date.now() + 10_000,
  });
  return bus.publish(lane, {
    key: `default/${station}`,
    value: Buffer.from(JSON.stringify([2, messageId, action, payload])),
    headers: { [META_HEADER]: meta },
  });
}
function publish(topic: Topic, type: string, value: object): Promise<void> {
  const headers = toCloudEventHeaders({
    id: 'id',
    type,
    source: '/voltbus/spec',
    time: new Date().toISOString(),
    subject: 'default/CS-1',
    tenant: 'default',
  });
  return bus.publish(topic, { key: 'default/CS-1', value: Buffer.from(JSON.stringify(value)), headers });
}
const at = (minutes: number) => new Date(Date.now() - 3_600_000 + minutes * 60_000).toISOString();

it('serves its lane from start to settlement: answers, stores readings before the end, tells the end, hears of the CDR', async () => {
  const before = { messages, replies: replies.items.length, told: published.items.length };
  await publish(TENANTS, 'voltbus.tenant.changed', { tenant: 'default', unknownTokens: 'accept', currency: 'EUR' });
  await send('StartTransaction', { connectorId: 1, idTag: 'TAG', meterStart: 1000, timestamp: at(0) });
  const [, , { transactionId, idTagInfo }] = (await replies.count(before.replies + 1))[before.replies] ?? [0, '', {}];
  expect(idTagInfo).toEqual({ status: 'Accepted' });

  const reading = (minutes: number, value: string) => ({
    connectorId: 1,
    transactionId,
    meterValue: [{ timestamp: at(minutes), sampledValue: [{ value }] }],
  });
  const last = send('MeterValues', reading(20, '8350'), 'durable');
  const stop = send('StopTransaction', { transactionId, meterStop: 8350, timestamp: at(30) });
  await Promise.all([last, stop]);
  const [started, ended] = (await published.count(before.told + 2)).slice(before.told);
  expect(started?.type).toBe('voltbus.transaction.started');
  expect(ended).toMatchObject({
    type: 'voltbus.transaction.ended',
    value: { energyWh: 7350, revision: 1, periods: [{ kind: 'charging' }, { kind: 'idle' }] },
  });
  expect((await replies.count(before.replies + 2)).slice(before.replies).map(([kind, id]) => [kind, id])).toEqual([
    [3, `m${before.messages + 1}`],
    [3, `m${before.messages + 3}`],
  ]);

  await publish(CDRS, 'voltbus.cdr.issued', cdrOf(ended?.value ?? { tenant: '', station: '', id: '' }));
  const rows = service.database.query('SELECT settled_revision FROM transactions.transactions WHERE id = $1', [ended?.value.id]);
  expect(await rows).toEqual([{ settled_revision: 1 }]);
  const held = { tenant: 'default', station: 'CS-1', transaction: ended?.value.id, revision: 2, cdr: ended?.value.id, reasons: ['clock'] };
  await publish(CDR_REVIEWS, 'voltbus.cdr.held', held);
  const again = service.database.query('SELECT settled_revision FROM transactions.transactions WHERE id = $1', [ended?.value.id]);
  expect(await again).toEqual([{ settled_revision: 2 }]);
  expect(service.trouble()).toBeNull();
});

it('sends no answer that nobody awaits, and keeps the fact all the same', async () => {
  const before = { replies: replies.items.length, told: published.items.length };
  await send('StopTransaction', { transactionId: -1, meterStop: 1, timestamp: at(40) }, 'durable');
  await published.count(before.told + 2); // its start and its end
  expect(replies.items).toHaveLength(before.replies);
});

it('hears stations connect and answer, and keeps their local lists (D01, D02)', async () => {
  const asked = new TopicRecorder(({ value }) => JSON.parse(value.toString()) as CommandRequest);
  listeners.push(await bus.follow({ name: 'router', topic: COMMANDS, handle: asked.record }));
  const ref = { tenant: 'default', station: 'CS-1' };
  const mine = () => asked.items.filter(({ station }) => station === ref.station);
  const question = async (count: number) => {
    await asked.first(() => mine().length >= count);
    return mine()[count - 1];
  };
  const comesTo = (state: string) =>
    eventually(
      () => service.use(localList).localLists.show(ref),
      (list) => list.state === state,
    );
  const answer = async (count: number, response: object): Promise<void> =>
    publish(COMMAND_RESULTS, 'voltbus.command.ended', { ...ENDED, ...(await question(count)), response });
  await service.use(localList).localLists.set(ref, () => ({ mode: 'tokens', entriesPerMessage: 100 }));
  await service.use(localList).localLists.sweep();
  await answer(1, { versionNumber: 0 });
  expect(await question(2)).toMatchObject({ action: 'SendLocalList', payload: { updateType: 'Full', versionNumber: 1 } });
  await answer(2, { status: 'Accepted' });
  await comesTo('in-sync');
  const connection = { ...ref, protocol: 'ocpp2.1', gateway: 'gw', epoch: 7, at: at(0), reason: 'connected' };
  await publish(CONNECTIONS, 'voltbus.station.refused', { tenant: null });
  await publish(CONNECTIONS, 'voltbus.station.connected', connection);
  await comesTo('pending');
  await publish(CONNECTIONS, 'voltbus.station.disconnected', connection);
  await publish(COMMAND_RESULTS, 'voltbus.command.ended', { ...ENDED, ...ref, id: randomUUID(), action: 'Reset', payload: {} });
  const received = () =>
    service.database.query<object[]>(`SELECT connected, protocol FROM transactions.local_lists WHERE station = 'CS-1'`);
  await eventually(received, ([row]) => isDeepStrictEqual(row, { connected: false, protocol: 'ocpp2.1' }));
  expect(service.trouble()).toBeNull();
});

it('receives reported capabilities, and the results of cleared customer data, from any sender (D01.FR.12, N10.FR.02)', async () => {
  const asked = new TopicRecorder(({ value }) => JSON.parse(value.toString()) as CommandRequest);
  listeners.push(await bus.follow({ name: 'router too', topic: COMMANDS, handle: asked.record }));
  const ref = { tenant: 'default', station: 'CS-2' };
  const ends = (command: object, response: object) => publish(COMMAND_RESULTS, 'voltbus.command.ended', { ...ENDED, ...command, response });
  await service.use(localList).localLists.set(ref, () => ({ mode: 'tokens', entriesPerMessage: 100 }));
  const connection = { ...ref, protocol: 'ocpp2.1', gateway: 'gw', epoch: 1, at: at(0), reason: 'connected' };
  await publish(CONNECTIONS, 'voltbus.station.connected', connection);
  await eventually(
    () => service.use(capabilities).capabilities.of(ref),
    ({ complete }) => !complete,
  );
  await service.use(capabilities).capabilities.sweep();
  const [variables = {}, report = {}] = (await asked.count(2)).filter(({ station }) => station === ref.station);
  const component = { name: 'LocalAuthListCtrlr' };
  const enabled = { component, variable: { name: 'Enabled' }, attributeStatus: 'Accepted', attributeValue: 'false' };
  await ends(variables, { getVariableResult: [enabled] });
  await ends(report, { status: 'Accepted' });
  const characteristics = { dataType: 'integer', supportsMonitoring: false, maxLimit: 40 };
  const entries = { component, variable: { name: 'Entries' }, variableAttribute: [{}], variableCharacteristics: characteristics };
  await send('NotifyReport', { requestId: 1, generatedAt: at(0), seqNo: 0, reportData: [entries] }, 'durable', {
    lane: LANES.device,
    station: ref.station,
    protocol: 'ocpp2.1',
  });
  const { complete, capabilities: known } = await eventually(
    () => service.use(capabilities).capabilities.of(ref),
    (answer) => answer.complete && answer.capabilities.maxEntries !== undefined,
  );
  expect({ complete, known }).toEqual({ complete: true, known: { listEnabled: false, maxEntries: 40 } });

  await service.use(authorization).tokens.put('default', {
    ...{ idToken: 'ANN', type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: false },
  });
  const payload = { requestId: 2, report: false, clear: true, idToken: { idToken: 'ANN', type: 'ISO14443' } };
  await ends({ ...ref, id: randomUUID(), action: 'CustomerInformation', payload }, { status: 'Accepted' });
  await eventually(
    () => service.use(localList).localLists.show(ref),
    ({ entries }) => entries === 0,
  );
  expect(service.trouble()).toBeNull();
});

import { DEAD_LETTERS, DOWNLINK, LANES, META_HEADER, packUplink, unpackDownlink, type UplinkMeta } from '@voltbus/contracts';
import { MemoryBus, TransientError, type BusRecord, type Handler, type Subscription } from '@voltbus/bus';
import { OcppError } from '@voltbus/ocpp';
import { silentLogger, testMetrics } from '@voltbus/testing';
import type { AnswerTable, StationMessage } from './answers';
import { serveLane } from './serve-lane';

const BUCKET = 3;
const EMPTY: AnswerTable = { ocpp16: {}, ocpp2: {} };
const now = (): number => Date.now();

let bus: MemoryBus;
let metrics: ReturnType<typeof testMetrics>;
let replies: { meta: unknown; frame: unknown }[];
let arrived: () => void;
let subscriptions: Subscription[];

beforeEach(async () => {
  metrics = testMetrics();
  bus = new MemoryBus({ logger: silentLogger, metrics });
  replies = [];
  subscriptions = [
    await bus.follow({
      name: 'gateway',
      topic: DOWNLINK,
      partition: BUCKET,
      handle: (record) => {
        replies.push({ meta: unpackDownlink(record.headers[META_HEADER]), frame: JSON.parse(record.value.toString()) });
        arrived();
      },
    }),
  ];
});
afterEach(async () => {
  for (const subscription of subscriptions) await subscription.close();
  await bus.close();
});

async function serve(table: Partial<AnswerTable>): Promise<void> {
  subscriptions.push(
    await serveLane({ bus, lane: 'transaction', group: 'transaction', table: { ...EMPTY, ...table }, logger: silentLogger, metrics }),
  );
}

/** What the gateway puts on the lane; resolves when the service has committed it. */
function publishMessage(action: string, payload: unknown, changes: Partial<UplinkMeta> = {}, key = 'default/CS-1'): Promise<void> {
  const meta: UplinkMeta = {
    protocol: 'ocpp1.6',
    action,
    messageId: 'm1',
    ack: 'service',
    returnTo: { inst: 'gw', bucket: BUCKET, epoch: 5 },
    registration: 'accepted',
    checked: 'no',
    receivedAt: now(),
    answerBy: now() + 10_000,
    ...changes,
  };
  const value = typeof payload === 'string' ? payload : JSON.stringify([2, meta.messageId, action, payload]);
  return bus.publish(LANES.transaction, { key, value: Buffer.from(value), headers: { [META_HEADER]: packUplink(meta) } });
}

/** The next reply, already come or not. */
async function reply(): Promise<{ meta: unknown; frame: unknown }> {
  if (replies.length === 0) await new Promise<void>((resolve) => (arrived = resolve));
  return replies.shift() ?? { meta: null, frame: null };
}
beforeEach(() => (arrived = () => undefined));

const authorize = (idTag: string) => ({ shape: 'key' as const, decide: async () => ({ payload: { idTagInfo: { status: idTag } } }) });

describe("a service's lane", () => {
  it("answers to the return address, under the message's id and epoch, with the registration it decided", async () => {
    await serve({
      ocpp16: { BootNotification: { shape: 'key', decide: async () => ({ payload: { status: 'Accepted' }, registration: 'accepted' }) } },
    });
    await publishMessage('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }, { registration: 'unknown', messageId: 17 });
    expect(await reply()).toEqual({
      meta: { kind: 'reply', inst: 'gw', epoch: 5, messageId: 17, registration: 'accepted' },
      frame: [3, 17, { status: 'Accepted' }],
    });
  });

  it('tells the station an OcppError in the spelling of its version', async () => {
    await serve({
      ocpp16: { Authorize: { shape: 'key', decide: () => Promise.reject(new OcppError('occurrence-constraint-violation', 'why')) } },
    });
    await publishMessage('Authorize', { idTag: 'T' });
    expect((await reply()).frame).toEqual([4, 'm1', 'OccurenceConstraintViolation', 'why', {}]);
  });

  it('answers NotImplemented to what no table knows', async () => {
    await serve({});
    await publishMessage('Authorize', { idTag: 'T' });
    expect((await reply()).frame).toMatchObject([4, 'm1', 'NotImplemented', '', {}]);
  });

  it('names the path of an invalid payload and decides nothing', async () => {
    await serve({ ocpp16: { Authorize: authorize('Accepted') } });
    await publishMessage('Authorize', {});
    expect((await reply()).frame).toMatchObject([4, 'm1', 'OccurenceConstraintViolation', expect.stringContaining('/idTag'), {}]);
    expect(metrics.total('ocpp_validation_failures_total', { action: 'Authorize' })).toBe(1);
  });

  it('never answers a transaction message with an error for a passing fault: it waits and handles it later', async () => {
    let away = 2;
    await serve({
      ocpp16: {
        StopTransaction: { shape: 'key', decide: async () => (away-- > 0 ? Promise.reject(new TransientError('away')) : { payload: {} }) },
      },
    });
    await publishMessage('StopTransaction', { transactionId: 1, meterStop: 5, timestamp: '2026-01-01T00:00:00Z' });
    expect((await reply()).frame).toEqual([3, 'm1', {}]);
    expect(replies).toEqual([]);
  });

  it('tells a station InternalError of a defect when it has been tried enough, but nothing about a transaction, which it must keep', async () => {
    const broken = { shape: 'key' as const, decide: () => Promise.reject(new Error('nobody thought of this')) };
    const keep: Handler = { shape: 'key', name: 'keep', handle: async () => undefined };
    subscriptions.push(await bus.subscribe({ group: 'router', topics: [DEAD_LETTERS], route: () => keep }));
    await serve({ ocpp16: { StopTransaction: broken, Authorize: broken } });
    await publishMessage('StopTransaction', { transactionId: 1, meterStop: 5, timestamp: '2026-01-01T00:00:00Z' }, { messageId: 'stop' });
    await publishMessage('Authorize', { idTag: 'T' }, { messageId: 'question' });
    expect((await reply()).frame).toEqual([4, 'question', 'InternalError', '', {}]);
    expect(replies).toEqual([]);
  });

  it('skips a question nobody waits for any more, but handles the fact', async () => {
    const decided: string[] = [];
    const note = (name: string) => async (message: StationMessage<never>) => (
      decided.push(`${name} awaited ${message.awaited}`),
      { payload: {} }
    );
    await serve({
      ocpp16: {
        Authorize: { shape: 'key', question: true, decide: note('question') },
        StopTransaction: { shape: 'key', decide: note('fact') },
      },
    });
    await publishMessage('Authorize', { idTag: 'T' }, { answerBy: now() - 1 });
    await publishMessage('StopTransaction', { transactionId: 1, meterStop: 5, timestamp: '2026-01-01T00:00:00Z' }, { answerBy: now() - 1 });
    expect(decided).toEqual(['fact awaited false']);
    await publishMessage('Authorize', { idTag: 'T' }, { messageId: 'awaited' });
    expect((await reply()).frame).toEqual([3, 'awaited', {}]); // and no other before it
    expect(metrics.total('lane_questions_skipped_total')).toBe(1);
  });

  it('stores facts before the decision that follows them', async () => {
    const order: string[] = [];
    await serve({
      ocpp16: {
        MeterValues: { shape: 'batch', store: async (messages) => void order.push(`stored ${messages.length}`) },
        StopTransaction: { shape: 'key', decide: async () => (order.push('stopped'), { payload: {} }) },
      },
    });
    const meterValue = [{ timestamp: '2026-01-01T00:00:00Z', sampledValue: [{ value: '1' }] }];
    await Promise.all([
      publishMessage('MeterValues', { connectorId: 1, meterValue }, { ack: 'durable', checked: 'strict' }),
      publishMessage('StopTransaction', { transactionId: 1, meterStop: 5, timestamp: '2026-01-01T00:00:00Z' }),
    ]);
    expect(order).toEqual(['stored 1', 'stopped']);
  });

  it("repeats the gateway's tolerant reading, so that the service sees what was acknowledged", async () => {
    const seen: unknown[] = [];
    await serve({
      ocpp16: { MeterValues: { shape: 'batch', store: async (messages) => void seen.push(...messages.map(({ payload }) => payload)) } },
    });
    await publishMessage(
      'MeterValues',
      { connectorId: 1, mood: 'fine', meterValue: [{ timestamp: '2026-01-01T00:00:00Z', sampledValue: [{ value: 1 }] }] },
      { ack: 'durable', checked: 'tolerant' },
    );
    expect(seen).toEqual([{ connectorId: 1, meterValue: [{ timestamp: '2026-01-01T00:00:00Z', sampledValue: [{ value: '1' }] }] }]);
    expect(metrics.total('ocpp_leniency_applied_total')).toBeGreaterThan(0);
  });

  it('drops and counts an invalid message that nobody waits for, and never stops for it: only one about a transaction is kept', async () => {
    const dead: string[] = [];
    const keep: Handler = { shape: 'key', name: 'keep', handle: async (record) => void dead.push(record.value.toString()) };
    subscriptions.push(await bus.subscribe({ group: 'router', topics: [DEAD_LETTERS], route: () => keep }));
    await serve({
      ocpp16: {
        Authorize: authorize('Accepted'),
        BootNotification: { shape: 'key', decide: async () => ({ payload: {} }) },
        StopTransaction: { shape: 'key', decide: async () => ({ payload: {} }) },
      },
    });
    const late = { answerBy: now() - 1 };
    await Promise.all(Array.from({ length: 40 }, () => publishMessage('BootNotification', {}, late)));
    await Promise.all(Array.from({ length: 40 }, () => publishMessage('Authorize', '[2,"x","Authorize",{', late)));
    expect(dead).toEqual([]);
    await publishMessage('StopTransaction', {}, late); // every other one is kept with what is there
    expect(dead).toEqual([expect.stringContaining('StopTransaction')]);
    expect(metrics.total('lane_invalid_dropped_total', { action: 'BootNotification' })).toBe(40);
    expect(metrics.total('lane_invalid_dropped_total', { action: 'Authorize' })).toBe(40);
    expect(metrics.total('ocpp_validation_failures_total', { action: 'Authorize' })).toBe(40);
    await publishMessage('Authorize', { idTag: 'T' }, { messageId: 'after' });
    expect((await reply()).frame).toEqual([3, 'after', { idTagInfo: { status: 'Accepted' } }]);
    expect(subscriptions.map(({ stopped }) => stopped)).toEqual(subscriptions.map(() => null));
  });

  it('drops a SEND that is invalid: nobody waits for it, and it owes nobody anything', async () => {
    await serve({ ocpp2: { NotifyPeriodicEventStream: { shape: 'batch', store: async () => undefined } } });
    const send = '[6,"m1","NotifyPeriodicEventStream",{"id":"none"}]';
    await publishMessage('NotifyPeriodicEventStream', send, { protocol: 'ocpp2.1', ack: 'none', answerBy: 0 });
    expect(metrics.total('lane_invalid_dropped_total', { action: 'NotifyPeriodicEventStream' })).toBe(1);
    expect(metrics.total('kafka_dlq_total')).toBe(0);
  });

  it('answers a station in quarantine InternalError, and nothing about a transaction, which it keeps; the others are served', async () => {
    const dead: string[] = [];
    const keep: Handler = {
      shape: 'key',
      name: 'keep',
      handle: async (record) => void dead.push(record.headers['origin-kind']?.toString() ?? ''),
    };
    subscriptions.push(await bus.subscribe({ group: 'router', topics: [DEAD_LETTERS], route: () => keep }));
    const decide = async ({ ref, messageId }: StationMessage<never>) => {
      if (ref.station === 'CS-1' && String(messageId).startsWith('bad')) throw new Error('numeric value out of range');
      return { payload: {} };
    };
    await serve({ ocpp16: { StopTransaction: { shape: 'key', decide }, Heartbeat: { shape: 'key', decide } } });
    const stop = { transactionId: 1, meterStop: 5, timestamp: '2026-01-01T00:00:00Z' };
    await Promise.all(Array.from({ length: 30 }, (_, n) => publishMessage('StopTransaction', stop, { messageId: `bad-${n}` })));
    await publishMessage('Heartbeat', {}, { messageId: 'in quarantine' });
    expect((await reply()).frame).toEqual([4, 'in quarantine', 'InternalError', '', {}]);
    await publishMessage('Heartbeat', {}, { messageId: 'of another' }, 'default/CS-2');
    expect((await reply()).frame).toEqual([3, 'of another', {}]);
    expect(replies).toEqual([]);
    expect(dead).toEqual([...Array<string>(20).fill('defect'), ...Array<string>(11).fill('quarantine')]);
  });

  it('keeps an unreadable record that nobody waits for with the dead letters, and goes on', async () => {
    let take: (record: BusRecord) => void = () => undefined;
    const dead = new Promise<BusRecord>((resolve) => (take = resolve));
    const keep: Handler = { shape: 'key', name: 'keep', handle: async (record) => take(record) };
    subscriptions.push(await bus.subscribe({ group: 'router', topics: [DEAD_LETTERS], route: () => keep }));
    await serve({ ocpp16: { MeterValues: { shape: 'batch', store: async () => undefined }, Authorize: authorize('Accepted') } });
    void publishMessage('MeterValues', '[2,"x","MeterValues",{', { ack: 'durable', checked: 'strict' });
    await publishMessage('Authorize', { idTag: 'T' });
    expect((await dead).value.toString()).toContain('MeterValues');
    expect((await reply()).frame).toMatchObject([3, 'm1', {}]);
  });
});

describe('a station that is not accepted (B01.FR.10, B02.FR.09, B03.FR.07)', () => {
  it.each([
    ['unknown', 'Authorize', { idTag: 'T' }, 'SecurityError'],
    ['rejected', 'Authorize', { idTag: 'T' }, 'SecurityError'],
    ['pending', 'Authorize', { idTag: 'T' }, 'SecurityError'],
    ['pending', 'Heartbeat', {}, 'SecurityError'],
    ['pending', 'StatusNotification', { connectorId: 1, status: 'Available', errorCode: 'NoError' }, 'SecurityError'],
    ['rejected', 'Heartbeat', {}, 'SecurityError'],
    ['unknown', 'BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }, null],
  ] as const)('%s and sends %s', async (registration, action, payload, error) => {
    const decide = async () => ({ payload: {} });
    await serve({
      ocpp16: { Authorize: { shape: 'key', decide }, Heartbeat: { shape: 'key', decide }, BootNotification: { shape: 'key', decide } },
    });
    await publishMessage(action, payload, { registration });
    expect((await reply()).frame).toMatchObject(error === null ? [3, 'm1', {}] : [4, 'm1', error, expect.any(String), {}]);
  });

  it.each(['pending', 'rejected', 'unknown'] as const)('%s is answered what it was asked for', async (registration) => {
    await serve({ ocpp16: { Heartbeat: { shape: 'key', decide: async () => ({ payload: {} }) } } });
    await publishMessage('Heartbeat', {}, { registration, asked: true });
    expect((await reply()).frame).toMatchObject([3, 'm1', {}]);
  });

  it('is refused reports of energy that has flowed, which are stored all the same, because it may delete them', async () => {
    const kept: string[] = [];
    await serve({
      ocpp16: {
        StartTransaction: { shape: 'key', decide: async () => (kept.push('start'), { payload: { transactionId: 1 } }) },
        StopTransaction: { shape: 'key', decide: async ({ registration }) => (kept.push(`stop while ${registration}`), { payload: {} }) },
        MeterValues: { shape: 'batch', store: async (messages) => void kept.push(`${messages.length} readings`) },
      },
    });
    const timestamp = '2026-01-01T00:00:00Z';
    await publishMessage('StartTransaction', { connectorId: 1, idTag: 'T', meterStart: 0, timestamp }, { registration: 'pending' });
    await publishMessage(
      'MeterValues',
      { connectorId: 1, meterValue: [{ timestamp, sampledValue: [{ value: '1' }] }] },
      { registration: 'pending' },
    );
    await publishMessage('StopTransaction', { transactionId: 1, meterStop: 5, timestamp }, { registration: 'pending' });
    expect(kept).toEqual(['1 readings', 'stop while pending']);
    for (let times = 0; times < 3; times++)
      expect((await reply()).frame).toMatchObject([4, 'm1', 'SecurityError', 'registration is pending', {}]);
  });
});

it('tells a station what is wrong with a question whose answer cannot be made, and keeps the batch', async () => {
  const stored: number[] = [];
  const answer = ({ messageId }: StationMessage) => {
    if (messageId === 'odd') throw new OcppError('property-constraint-violation', 'cannot be echoed');
    return { status: 'Accepted' };
  };
  await serve({ ocpp16: { Heartbeat: { shape: 'batch', store: async (messages) => void stored.push(messages.length), answer } } });
  await Promise.all([publishMessage('Heartbeat', {}, { messageId: 'odd' }), publishMessage('Heartbeat', {}, { messageId: 'even' })]);
  const frames = [(await reply()).frame, (await reply()).frame];
  expect(frames).toEqual(
    expect.arrayContaining([
      [4, 'odd', 'PropertyConstraintViolation', 'cannot be echoed', {}],
      [3, 'even', { status: 'Accepted' }],
    ]),
  );
  expect(stored.reduce((sum, count) => sum + count, 0)).toBe(2);
  expect(metrics.total('kafka_dlq_total')).toBe(0);
});

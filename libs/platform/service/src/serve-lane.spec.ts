import { DEAD_LETTERS } from '@voltbus/contracts';
import { TransientError, type BusRecord, type Handler } from '@voltbus/bus';
import { OcppError } from '@voltbus/ocpp';
import type { StationMessage } from './answers';
import { LaneFixture } from './testing/lane-fixture';

let lane: LaneFixture;
beforeEach(async () => {
  lane = await LaneFixture.start();
});
afterEach(() => lane.close());

const authorize = (idTag: string) => ({ shape: 'key' as const, decide: async () => ({ payload: { idTagInfo: { status: idTag } } }) });

describe("a service's lane", () => {
  it("answers to the return address, under the message's id and epoch, with the registration it decided", async () => {
    await lane.serve({
      ocpp16: { BootNotification: { shape: 'key', decide: async () => ({ payload: { status: 'Accepted' }, registration: 'accepted' }) } },
    });
    await lane.publishMessage(
      'BootNotification',
      { chargePointVendor: 'V', chargePointModel: 'M' },
      { registration: 'unknown', messageId: 17 },
    );
    expect(await lane.reply()).toEqual({
      meta: { kind: 'reply', inst: 'gw', epoch: 5, messageId: 17, registration: 'accepted' },
      frame: [3, 17, { status: 'Accepted' }],
    });
  });

  it('tells the station an OcppError in the spelling of its version', async () => {
    await lane.serve({
      ocpp16: { Authorize: { shape: 'key', decide: () => Promise.reject(new OcppError('occurrence-constraint-violation', 'why')) } },
    });
    await lane.publishMessage('Authorize', { idTag: 'T' });
    expect((await lane.reply()).frame).toEqual([4, 'm1', 'OccurenceConstraintViolation', 'why', {}]);
  });

  it('answers NotImplemented to what no table knows', async () => {
    await lane.serve({});
    await lane.publishMessage('Authorize', { idTag: 'T' });
    expect((await lane.reply()).frame).toMatchObject([4, 'm1', 'NotImplemented', '', {}]);
  });

  it('names the path of an invalid payload and decides nothing', async () => {
    await lane.serve({ ocpp16: { Authorize: authorize('Accepted') } });
    await lane.publishMessage('Authorize', {});
    expect((await lane.reply()).frame).toMatchObject([4, 'm1', 'OccurenceConstraintViolation', expect.stringContaining('/idTag'), {}]);
    expect(lane.metrics.total('ocpp_validation_failures_total', { action: 'Authorize' })).toBe(1);
  });

  it('never answers a transaction message with an error for a passing fault: it waits and handles it later', async () => {
    let away = 2;
    await lane.serve({
      ocpp16: {
        StopTransaction: { shape: 'key', decide: async () => (away-- > 0 ? Promise.reject(new TransientError('away')) : { payload: {} }) },
      },
    });
    await lane.publishMessage('StopTransaction', { transactionId: 1, meterStop: 5, timestamp: '2026-01-01T00:00:00Z' });
    expect((await lane.reply()).frame).toEqual([3, 'm1', {}]);
    expect(lane.replies).toEqual([]);
  });

  it('tells a station InternalError of a defect when it has been tried enough, but nothing about a transaction, which it must keep', async () => {
    const broken = { shape: 'key' as const, decide: () => Promise.reject(new Error('nobody thought of this')) };
    const keep: Handler = { shape: 'key', name: 'keep', handle: async () => undefined };
    lane.subscriptions.push(await lane.bus.subscribe({ group: 'router', topics: [DEAD_LETTERS], route: () => keep }));
    await lane.serve({ ocpp16: { StopTransaction: broken, Authorize: broken } });
    await lane.publishMessage(
      'StopTransaction',
      { transactionId: 1, meterStop: 5, timestamp: '2026-01-01T00:00:00Z' },
      { messageId: 'stop' },
    );
    await lane.publishMessage('Authorize', { idTag: 'T' }, { messageId: 'question' });
    expect((await lane.reply()).frame).toEqual([4, 'question', 'InternalError', '', {}]);
    expect(lane.replies).toEqual([]);
  });

  it('skips a question nobody waits for any more, but handles the fact', async () => {
    const decided: string[] = [];
    const note = (name: string) => async (message: StationMessage<never>) => (
      decided.push(`${name} awaited ${message.awaited}`),
      { payload: {} }
    );
    await lane.serve({
      ocpp16: {
        Authorize: { shape: 'key', question: true, decide: note('question') },
        StopTransaction: { shape: 'key', decide: note('fact') },
      },
    });
    await lane.publishMessage('Authorize', { idTag: 'T' }, { answerBy: Date.now() - 1 });
    await lane.publishMessage(
      'StopTransaction',
      { transactionId: 1, meterStop: 5, timestamp: '2026-01-01T00:00:00Z' },
      { answerBy: Date.now() - 1 },
    );
    expect(decided).toEqual(['fact awaited false']);
    await lane.publishMessage('Authorize', { idTag: 'T' }, { messageId: 'awaited' });
    expect((await lane.reply()).frame).toEqual([3, 'awaited', {}]); // and no other before it
    expect(lane.metrics.total('lane_questions_skipped_total')).toBe(1);
  });

  it('stores facts before the decision that follows them', async () => {
    const order: string[] = [];
    await lane.serve({
      ocpp16: {
        MeterValues: { shape: 'batch', store: async (messages) => void order.push(`stored ${messages.length}`) },
        StopTransaction: { shape: 'key', decide: async () => (order.push('stopped'), { payload: {} }) },
      },
    });
    const meterValue = [{ timestamp: '2026-01-01T00:00:00Z', sampledValue: [{ value: '1' }] }];
    await Promise.all([
      lane.publishMessage('MeterValues', { connectorId: 1, meterValue }, { ack: 'durable', checked: 'strict' }),
      lane.publishMessage('StopTransaction', { transactionId: 1, meterStop: 5, timestamp: '2026-01-01T00:00:00Z' }),
    ]);
    expect(order).toEqual(['stored 1', 'stopped']);
  });

  it("repeats the gateway's tolerant reading, so that the service sees what was acknowledged", async () => {
    const seen: unknown[] = [];
    await lane.serve({
      ocpp16: { MeterValues: { shape: 'batch', store: async (messages) => void seen.push(...messages.map(({ payload }) => payload)) } },
    });
    await lane.publishMessage(
      'MeterValues',
      { connectorId: 1, mood: 'fine', meterValue: [{ timestamp: '2026-01-01T00:00:00Z', sampledValue: [{ value: 1 }] }] },
      { ack: 'durable', checked: 'tolerant' },
    );
    expect(seen).toEqual([{ connectorId: 1, meterValue: [{ timestamp: '2026-01-01T00:00:00Z', sampledValue: [{ value: '1' }] }] }]);
    expect(lane.metrics.total('ocpp_leniency_applied_total')).toBeGreaterThan(0);
  });

  it('drops and counts an invalid message that nobody waits for, and never stops for it: only one about a transaction is kept', async () => {
    const dead: string[] = [];
    const keep: Handler = { shape: 'key', name: 'keep', handle: async (record) => void dead.push(record.value.toString()) };
    lane.subscriptions.push(await lane.bus.subscribe({ group: 'router', topics: [DEAD_LETTERS], route: () => keep }));
    await lane.serve({
      ocpp16: {
        Authorize: authorize('Accepted'),
        BootNotification: { shape: 'key', decide: async () => ({ payload: {} }) },
        StopTransaction: { shape: 'key', decide: async () => ({ payload: {} }) },
      },
    });
    const late = { answerBy: Date.now() - 1 };
    await Promise.all(Array.from({ length: 40 }, () => lane.publishMessage('BootNotification', {}, late)));
    await Promise.all(Array.from({ length: 40 }, () => lane.publishMessage('Authorize', '[2,"x","Authorize",{', late)));
    expect(dead).toEqual([]);
    await lane.publishMessage('StopTransaction', {}, late); // every other one is kept with what is there
    expect(dead).toEqual([expect.stringContaining('StopTransaction')]);
    expect(lane.metrics.total('lane_invalid_dropped_total', { action: 'BootNotification' })).toBe(40);
    expect(lane.metrics.total('lane_invalid_dropped_total', { action: 'Authorize' })).toBe(40);
    expect(lane.metrics.total('ocpp_validation_failures_total', { action: 'Authorize' })).toBe(40);
    await lane.publishMessage('Authorize', { idTag: 'T' }, { messageId: 'after' });
    expect((await lane.reply()).frame).toEqual([3, 'after', { idTagInfo: { status: 'Accepted' } }]);
    expect(lane.subscriptions.map(({ stopped }) => stopped)).toEqual(lane.subscriptions.map(() => null));
  });

  it('drops a SEND that is invalid: nobody waits for it, and it owes nobody anything', async () => {
    await lane.serve({ ocpp2: { NotifyPeriodicEventStream: { shape: 'batch', store: async () => undefined } } });
    const send = '[6,"m1","NotifyPeriodicEventStream",{"id":"none"}]';
    await lane.publishMessage('NotifyPeriodicEventStream', send, { protocol: 'ocpp2.1', ack: 'none', answerBy: 0 });
    expect(lane.metrics.total('lane_invalid_dropped_total', { action: 'NotifyPeriodicEventStream' })).toBe(1);
    expect(lane.metrics.total('kafka_dlq_total')).toBe(0);
  });

  it('answers a station in quarantine InternalError, and nothing about a transaction, which it keeps; the others are served', async () => {
    const dead: string[] = [];
    const keep: Handler = {
      shape: 'key',
      name: 'keep',
      handle: async (record) => void dead.push(record.headers['origin-kind']?.toString() ?? ''),
    };
    lane.subscriptions.push(await lane.bus.subscribe({ group: 'router', topics: [DEAD_LETTERS], route: () => keep }));
    const decide = async ({ ref, messageId }: StationMessage<never>) => {
      if (ref.station === 'CS-1' && String(messageId).startsWith('bad')) throw new Error('numeric value out of range');
      return { payload: {} };
    };
    await lane.serve({ ocpp16: { StopTransaction: { shape: 'key', decide }, Heartbeat: { shape: 'key', decide } } });
    const stop = { transactionId: 1, meterStop: 5, timestamp: '2026-01-01T00:00:00Z' };
    await Promise.all(Array.from({ length: 30 }, (_, n) => lane.publishMessage('StopTransaction', stop, { messageId: `bad-${n}` })));
    await lane.publishMessage('Heartbeat', {}, { messageId: 'in quarantine' });
    expect((await lane.reply()).frame).toEqual([4, 'in quarantine', 'InternalError', '', {}]);
    await lane.publishMessage('Heartbeat', {}, { messageId: 'of another' }, 'default/CS-2');
    expect((await lane.reply()).frame).toEqual([3, 'of another', {}]);
    expect(lane.replies).toEqual([]);
    expect(dead).toEqual([...Array<string>(20).fill('defect'), ...Array<string>(11).fill('quarantine')]);
  });

  it('keeps an unreadable record that nobody waits for with the dead letters, and goes on', async () => {
    let take: (record: BusRecord) => void = () => undefined;
    const dead = new Promise<BusRecord>((resolve) => (take = resolve));
    const keep: Handler = { shape: 'key', name: 'keep', handle: async (record) => take(record) };
    lane.subscriptions.push(await lane.bus.subscribe({ group: 'router', topics: [DEAD_LETTERS], route: () => keep }));
    await lane.serve({ ocpp16: { MeterValues: { shape: 'batch', store: async () => undefined }, Authorize: authorize('Accepted') } });
    void lane.publishMessage('MeterValues', '[2,"x","MeterValues",{', { ack: 'durable', checked: 'strict' });
    await lane.publishMessage('Authorize', { idTag: 'T' });
    expect((await dead).value.toString()).toContain('MeterValues');
    expect((await lane.reply()).frame).toMatchObject([3, 'm1', {}]);
  });
});

it('tells a station what is wrong with a question whose answer cannot be made, and keeps the batch', async () => {
  const stored: number[] = [];
  const answer = ({ messageId }: StationMessage) => {
    if (messageId === 'odd') throw new OcppError('property-constraint-violation', 'cannot be echoed');
    return { status: 'Accepted' };
  };
  await lane.serve({ ocpp16: { Heartbeat: { shape: 'batch', store: async (messages) => void stored.push(messages.length), answer } } });
  await Promise.all([
    lane.publishMessage('Heartbeat', {}, { messageId: 'odd' }),
    lane.publishMessage('Heartbeat', {}, { messageId: 'even' }),
  ]);
  const frames = [(await lane.reply()).frame, (await lane.reply()).frame];
  expect(frames).toEqual(
    expect.arrayContaining([
      [4, 'odd', 'PropertyConstraintViolation', 'cannot be echoed', {}],
      [3, 'even', { status: 'Accepted' }],
    ]),
  );
  expect(stored.reduce((sum, count) => sum + count, 0)).toBe(2);
  expect(lane.metrics.total('kafka_dlq_total')).toBe(0);
});

import { DeliveryQueue, type QueuedMessage } from './delivery-queue';
import { CallError, NoAnswer } from './ocpp-connection';

const options = { capacity: 3, attempts: 3, retryMs: 1, sendCount: 1, pause: () => Promise.resolve() };
const message = (action: string, expendable = false): QueuedMessage & { outcomes: string[] } => {
  const outcomes: string[] = [];
  return {
    action,
    payload: () => ({}),
    expendable,
    outcomes,
    onDelivered: () => void outcomes.push('delivered'),
    onLost: (reason) => void outcomes.push(reason),
  };
};

describe('the delivery queue of transaction messages', () => {
  it('keeps them in order while the station is offline and delivers them when it is back', async () => {
    const queue = new DeliveryQueue(options);
    const sent: string[] = [];
    for (const action of ['start', 'reading', 'stop']) queue.add(message(action));
    queue.sendThrough(async (action) => (sent.push(action), {}));
    await queue.whenEmpty();
    expect(sent).toEqual(['start', 'reading', 'stop']);
  });

  it('sends an unanswered message again until it is answered', async () => {
    const queue = new DeliveryQueue(options);
    let unanswered = 10;
    queue.sendThrough(async () => {
      if (unanswered-- > 0) throw new NoAnswer('no answer came');
      return {};
    });
    const stop = message('stop');
    queue.add(stop);
    await queue.whenEmpty();
    expect(stop.outcomes).toEqual(['delivered']);
  });

  it('sends a message again when the answer was to another one', async () => {
    const queue = new DeliveryQueue(options);
    const answers = [{}, { transactionId: 7 }];
    const taken: unknown[] = [];
    queue.sendThrough(() => Promise.resolve(answers.shift() ?? {}));
    const start: QueuedMessage = {
      ...message('start'),
      onDelivered: (answer) => {
        if (!('transactionId' in answer)) throw new NoAnswer('of another');
        taken.push(answer);
      },
    };
    queue.add(start);
    await queue.whenEmpty();
    expect(taken).toEqual([{ transactionId: 7 }]);
  });

  it('discards a message that is answered by errors only, after its attempts, and goes on', async () => {
    const queue = new DeliveryQueue(options);
    let calls = 0;
    queue.sendThrough(async (action) => {
      if (action === 'bad') {
        calls++;
        throw new CallError('InternalError', '');
      }
      return {};
    });
    const [bad, good] = [message('bad'), message('good')];
    queue.add(bad);
    queue.add(good);
    await queue.whenEmpty();
    expect([bad.outcomes, good.outcomes, calls]).toEqual([['discarded'], ['delivered'], 3]);
  });

  it('E04.FR.07 drops a reading in the middle when it is full, never the start', () => {
    const queue = new DeliveryQueue(options);
    const messages = [message('start'), message('reading', true), message('reading', true), message('stop')];
    for (const one of messages) queue.add(one);
    expect(messages.map(({ outcomes }) => outcomes)).toEqual([[], ['queue-full'], [], []]);
    expect(queue.length).toBe(3);
  });
});

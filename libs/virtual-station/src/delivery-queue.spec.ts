import { CallError, NoAnswer } from './call-line';
import { DeliveryQueue, type Parcel } from './delivery-queue';

const options = { capacity: 3, attempts: 3, retryMs: 1, times: 1, pause: () => Promise.resolve() };
const parcel = (name: string, expendable = false): Parcel & { fate: string[] } => {
  const fate: string[] = [];
  return {
    action: name,
    payload: () => ({}),
    expendable,
    fate,
    delivered: () => void fate.push('delivered'),
    lost: (why) => void fate.push(why),
  };
};

describe('the queue of transaction messages', () => {
  it('keeps them in order while the station is offline and delivers them when it is back', async () => {
    const queue = new DeliveryQueue(options);
    const said: string[] = [];
    for (const name of ['start', 'reading', 'stop']) queue.add(parcel(name));
    queue.through(async (action) => (said.push(action), {}));
    await queue.empty();
    expect(said).toEqual(['start', 'reading', 'stop']);
  });

  it('says an unanswered one again until it is answered', async () => {
    const queue = new DeliveryQueue(options);
    let silences = 10;
    queue.through(async () => {
      if (silences-- > 0) throw new NoAnswer('silence');
      return {};
    });
    const stop = parcel('stop');
    queue.add(stop);
    await queue.empty();
    expect(stop.fate).toEqual(['delivered']);
  });

  it('says one again whose answer was to something else', async () => {
    const queue = new DeliveryQueue(options);
    const answers = [{}, { transactionId: 7 }];
    const taken: unknown[] = [];
    queue.through(() => Promise.resolve(answers.shift() ?? {}));
    const start: Parcel = {
      ...parcel('start'),
      delivered: (answer) => {
        if (!('transactionId' in answer)) throw new NoAnswer('of another');
        taken.push(answer);
      },
    };
    queue.add(start);
    await queue.empty();
    expect(taken).toEqual([{ transactionId: 7 }]);
  });

  it('discards one that is answered by errors only, after its attempts, and goes on', async () => {
    const queue = new DeliveryQueue(options);
    let calls = 0;
    queue.through(async (action) => {
      if (action === 'bad') {
        calls++;
        throw new CallError('InternalError', '');
      }
      return {};
    });
    const [bad, good] = [parcel('bad'), parcel('good')];
    queue.add(bad);
    queue.add(good);
    await queue.empty();
    expect([bad.fate, good.fate, calls]).toEqual([['discarded'], ['delivered'], 3]);
  });

  it('E04.FR.07 drops a reading in the middle when it is full, never the start', () => {
    const queue = new DeliveryQueue(options);
    const parcels = [parcel('start'), parcel('reading', true), parcel('reading', true), parcel('stop')];
    for (const one of parcels) queue.add(one);
    expect(parcels.map(({ fate }) => fate)).toEqual([[], ['queue-full'], [], []]);
    expect(queue.length).toBe(3);
  });
});

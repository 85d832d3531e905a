import RequestQueue from 'kafkajs/src/network/requestQueue';
import { guardIdleTimer } from './idle-guard';

/** A request queue as a connection makes it, with what it sends. */
function requestQueue(maxInFlightRequests: number, more: object = {}) {
  const nothing = () => undefined;
  const sent: number[] = [];
  const queue = new RequestQueue({
    maxInFlightRequests,
    requestTimeout: 5_000,
    enforceRequestTimeout: false,
    clientId: 'c',
    broker: 'b',
    logger: { debug: nothing, warn: nothing },
    ...more,
  });
  const push = (correlationId: number) =>
    queue.push({
      entry: { correlationId, resolve: nothing, reject: nothing },
      expectResponse: true,
      sendRequest: () => sent.push(correlationId),
    });
  const answer = (correlationId: number) => queue.fulfillRequest({ correlationId, payload: Buffer.alloc(0), size: 0 });
  return { queue, sent, push, answer };
}

describe("the guard on kafkajs's idle timer", () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('is needed: a kafkajs that does not tick when idle any more can do without it', () => {
    const Ordinary = RequestQueue; // loads it, once for all that is outside of the isolation
    jest.isolateModules(() => {
      const Unguarded = jest.requireActual<typeof RequestQueue>('kafkajs/src/network/requestQueue');
      if (Unguarded === Ordinary) return; // the registry gave the guarded one
      const nothing = () => undefined;
      const queue = new Unguarded({
        maxInFlightRequests: 1,
        requestTimeout: 1,
        enforceRequestTimeout: false,
        clientId: 'c',
        broker: 'b',
        logger: { debug: nothing },
      });
      queue.scheduleCheckPendingRequests();
      expect(jest.getTimerCount()).toBe(1);
    });
    jest.clearAllTimers();
  });

  it('sets no timer when nothing waits', () => {
    guardIdleTimer();
    guardIdleTimer(); // twice is once
    const { push, answer } = requestQueue(1);
    push(1);
    answer(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('still sends a request that had to wait for another one', () => {
    guardIdleTimer();
    const { sent, push, answer } = requestQueue(1);
    push(1);
    push(2);
    expect(sent).toEqual([1]);
    answer(1);
    expect(sent).toEqual([1, 2]);
  });

  it("still sends a request that the broker's throttling held back", () => {
    guardIdleTimer();
    const { queue, sent, push } = requestQueue(10);
    queue.maybeThrottle(500);
    push(1);
    expect(sent).toEqual([]);
    jest.advanceTimersByTime(600);
    expect(sent).toEqual([1]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('finds requests past their time with one timer for all connections, and none when all are closed', () => {
    guardIdleTimer();
    const late: string[] = [];
    const open = new Set(['a', 'b', 'c']);
    const queues = [...open].map((name) => {
      const { queue } = requestQueue(10, { enforceRequestTimeout: true, isConnected: () => open.has(name) });
      queue.scheduleRequestTimeoutCheck();
      queue.inflight.set(1, { sentAt: Date.now(), requestTimeout: name === 'a' ? 2_000 : 60_000, timeoutRequest: () => late.push(name) });
      return queue;
    });
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(1_900);
    expect(late).toEqual([]);
    jest.advanceTimersByTime(700);
    expect(new Set(late)).toEqual(new Set(['a']));
    open.clear(); // their sockets closed without an error
    jest.advanceTimersByTime(500);
    expect(jest.getTimerCount()).toBe(0);
    queues[0]?.scheduleRequestTimeoutCheck(); // connected again
    expect(jest.getTimerCount()).toBe(1);
    queues[0]?.destroy();
    expect(jest.getTimerCount()).toBe(0);
  });
});

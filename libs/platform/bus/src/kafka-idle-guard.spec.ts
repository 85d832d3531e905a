import RequestQueue from 'kafkajs/src/network/requestQueue';
import { guardIdleTimer } from './kafka-idle-guard';

/** A request queue as a connection makes it, with what it sends. */
function requestQueue(maxInFlightRequests: number) {
  const nothing = () => undefined;
  const sent: number[] = [];
  const queue = new RequestQueue({
    maxInFlightRequests,
    requestTimeout: 5_000,
    enforceRequestTimeout: false,
    clientId: 'c',
    broker: 'b',
    logger: { debug: nothing, warn: nothing },
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
    jest.isolateModules(() => {
      const Unguarded = jest.requireActual<typeof RequestQueue>('kafkajs/src/network/requestQueue');
      if (Unguarded === RequestQueue) return; // the registry gave the guarded one
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
});

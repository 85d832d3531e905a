import RequestQueue from 'kafkajs/src/network/requestQueue';

/** How late a request may be found to be past its time: a tenth of the shortest one (`REQUEST_TIMEOUT_MS`). */
const LOOK_MS = 500;

/**
 * kafkajs 2.2.4 wakes an idle process for nothing, for every connection, for ever. A timer that looks after pending requests sets itself again every
 * millisecond (measured: 4.7 % of a core; 1.6 % without); a request that has to wait sets it anew anyway, so with an empty queue there is nothing
 * to look after. Another one looks every 100 ms for requests past their time: here one timer does it for all connections (ADR 56).
 */
export function guardIdleTimer(): void {
  const { prototype } = RequestQueue;
  if (guarded.has(prototype)) return;
  guarded.add(prototype);
  const { scheduleCheckPendingRequests: schedule, destroy } = prototype;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) schedule.call(this);
  };
  prototype.scheduleRequestTimeoutCheck = function (this: RequestQueue) {
    if (this.enforceRequestTimeout) watched.add(this);
    if (watched.size > 0) timer ??= setInterval(lookAtAll, LOOK_MS);
  };
  prototype.destroy = function (this: RequestQueue) {
    forget(this);
    destroy.call(this);
  };
}

const guarded = new WeakSet<object>();
/** Queues of connections that are open. */
const watched = new Set<RequestQueue>();
let timer: NodeJS.Timeout | undefined;

function lookAtAll(): void {
  const now = Date.now();
  for (const queue of watched) {
    for (const request of queue.inflight.values()) if (now - (request.sentAt ?? now) > request.requestTimeout) request.timeoutRequest();
    if (!queue.isConnected()) queue.destroy();
  }
}

function forget(queue: RequestQueue): void {
  watched.delete(queue);
  if (watched.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

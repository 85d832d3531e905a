/** What the idle guard and its test touch of kafkajs 2.2.4 (frozen upstream, pinned here). */
declare module 'kafkajs/src/network/requestQueue' {
  class RequestQueue {
    constructor(options: object);
    readonly pending: unknown[];
    readonly inflight: Map<number, { sentAt: number | null; requestTimeout: number; timeoutRequest(): void }>;
    readonly enforceRequestTimeout: boolean;
    readonly isConnected: () => boolean;
    scheduleRequestTimeoutCheck(): void;
    destroy(): void;
    scheduleCheckPendingRequests(): void;
    maybeThrottle(ms: number): void;
    push(request: object): void;
    fulfillRequest(response: { correlationId: number; payload: Buffer; size: number }): void;
  }
  export = RequestQueue;
}

declare module 'kafkajs-snappy' {
  const codec: () => { compress(encoder: { buffer: Buffer }): Promise<Buffer>; decompress(buffer: Buffer): Promise<Buffer> };
  export = codec;
}

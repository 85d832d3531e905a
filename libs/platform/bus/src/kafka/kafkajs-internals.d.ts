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

/** What the fetch sessions touch. */
declare module 'kafkajs/src/broker' {
  namespace Broker {
    interface PartitionsOfTopic {
      topic: string;
      partitions: { partition: number; fetchOffset: string; maxBytes: number }[];
    }
    interface FetchRequest {
      maxWaitTime?: number;
      minBytes?: number;
      maxBytes?: number;
      isolationLevel?: number;
      rackId?: string;
      topics: PartitionsOfTopic[];
    }
    interface FetchResponse {
      /** Of the session; the errors of partitions are thrown. */
      errorCode?: number;
      sessionId?: number;
      responses: { topicName: string; partitions: object[] }[];
    }
  }
  class Broker {
    readonly connectionPool: { send(request: object): Promise<Broker.FetchResponse> };
    readonly lookupRequest: (apiKey: number, definition: object) => (fields: object) => object;
    fetch(request: Broker.FetchRequest): Promise<Broker.FetchResponse>;
    disconnect(): Promise<void>;
  }
  export = Broker;
}
declare module 'kafkajs/src/protocol/error' {
  export function createErrorFromCode(code: number): Error;
}
declare module 'kafkajs/src/protocol/requests' {
  export const requests: { readonly Fetch: object };
}
declare module 'kafkajs/src/protocol/requests/apiKeys' {
  export const Fetch: number;
}
declare module 'kafkajs/src/utils/shuffle' {
  function shuffle<T>(array: T[]): T[];
  export = shuffle;
}

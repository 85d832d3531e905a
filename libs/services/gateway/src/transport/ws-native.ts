import type { ServerOptions, WebSocket } from 'ws';
import type { NativeConnection } from './guarded-socket';
import type { TransportLimits } from './transport-limits';

export function frameOptions(limits: TransportLimits): ServerOptions {
  // `closeTimeout` is an option of ws 8.23 that its type package does not know yet.
  const options: ServerOptions & { closeTimeout: number } = {
    noServer: true,
    maxPayload: limits.maxPayloadBytes,
    maxFragments: limits.maxFragments,
    perMessageDeflate: false,
    closeTimeout: limits.closeTimeoutMs,
  };
  return options;
}

export function connectionOf(ws: WebSocket, maxBackpressureBytes: number): NativeConnection {
  return {
    get bufferedBytes() {
      return ws.bufferedAmount;
    },
    send(text) {
      const buffered = ws.bufferedAmount;
      if (buffered > 0 && buffered + Buffer.byteLength(text) > maxBackpressureBytes) return 'dropped';
      ws.send(text);
      return ws.bufferedAmount > 0 ? 'buffered' : 'sent';
    },
    ping() {
      if (ws.bufferedAmount <= maxBackpressureBytes) ws.ping();
    },
    close: (code, reason) => ws.close(code, reason),
    terminate: () => ws.terminate(),
  };
}

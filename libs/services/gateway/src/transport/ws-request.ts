import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionSecurity } from './connection-security';
import type { UpgradeRequest } from './station-transport';
import type { TransportLimits } from './transport-limits';
import type { Refusal } from './upgrade-handler';
import { kindOfRequest, parseOffer, type RequestKind } from './upgrade-request';

export function httpOptions(limits: TransportLimits) {
  return {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headerTimeoutMs,
    requestTimeout: limits.headerTimeoutMs,
    connectionsCheckingInterval: Math.ceil(limits.headerTimeoutMs / 10),
  };
}

export function kindOf({ method = '', headers }: IncomingMessage): RequestKind {
  const { connection, upgrade, 'sec-websocket-key': key, 'sec-websocket-version': version } = headers;
  return kindOfRequest(method, { connection, upgrade, key, version });
}

export function readRequest(
  { headers }: IncomingMessage,
  remoteAddress: string,
  security: ConnectionSecurity,
  target: { path: string; query: string },
): UpgradeRequest {
  return {
    ...target,
    offered: parseOffer(headers['sec-websocket-protocol']),
    authorization: headers.authorization,
    userAgent: headers['user-agent'],
    remoteAddress,
    security,
  };
}

export function refuse(socket: Socket, { status, headers = {}, body = '' }: Refusal): void {
  const all = { ...headers, Connection: 'close', 'Content-Type': 'text/plain', 'Content-Length': String(Buffer.byteLength(body)) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value.replaceAll(/[\r\n]/g, ' ')}\r\n`);
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
}

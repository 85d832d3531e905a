import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import { PLAIN, type ConnectionSecurity } from './connection-security';
import { proxySecurity } from './proxy-security';
import { addressOfBytes, plainAddress } from './upgrade-request';

/** What a header says of the station behind the proxy. */
export interface NamedStation {
  address: string;
  security: ConnectionSecurity;
}

/** The header of a connection, as the PROXY protocol (HAProxy, versions 1 and 2) writes it. `source` is null where the proxy speaks for itself. */
type ProxyHeader = { bytes: number; source: string | null; security: ConnectionSecurity } | 'incomplete' | 'invalid';

const V1_START = 'PROXY ';
/** The longest header of version 1, with its line end. */
const V1_MAX_BYTES = 107;
const V2_SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const V2_FIXED_BYTES = 16;
/** The longest header that is read: proxies add a few hundred bytes of their own (TLS, ids of an endpoint). */
const V2_MAX_BYTES = 4_096;
/** Source addresses, by the family and protocol of version 2: TCP and UDP over IPv4 and IPv6. */
const V2_ADDRESS_BYTES: Readonly<Record<number, number>> = { 0x11: 4, 0x12: 4, 0x21: 16, 0x22: 16 };
const V2_LOCAL = 0x20;
const V2_PROXY = 0x21;

export function parseProxyHeader(bytes: Buffer): ProxyHeader {
  if (isStartOf(bytes, V2_SIGNATURE)) return bytes.length < V2_FIXED_BYTES ? 'incomplete' : parseV2(bytes);
  if (isStartOf(bytes, Buffer.from(V1_START))) return parseV1(bytes);
  return 'invalid';
}

/**
 * Takes the header from a new connection, and leaves what follows it. Resolves with the station that it names, by the address of the peer where it names none; with null where there is
 * no header within the time, or one that cannot be read.
 */
export function takeProxyHeader(socket: Socket, withinMs: number): Promise<NamedStation | null> {
  return new Promise((resolve) => {
    let read = Buffer.alloc(0);
    const end = (station: NamedStation | null): void => {
      clearTimeout(timer);
      socket.off('readable', onReadable).off('end', onEnd).off('close', onEnd);
      resolve(station);
    };
    const onEnd = (): void => end(null);
    const onReadable = (): void => {
      for (let chunk: Buffer | null = socket.read(); chunk !== null; chunk = socket.read()) read = Buffer.concat([read, chunk]);
      const header = parseProxyHeader(read);
      if (header === 'incomplete') return;
      if (header === 'invalid') return end(null);
      const rest = read.subarray(header.bytes);
      end({ address: header.source ?? plainAddress(socket.remoteAddress), security: header.security });
      if (rest.length > 0) socket.unshift(rest);
    };
    const timer = setTimeout(onEnd, withinMs);
    socket.on('readable', onReadable).on('end', onEnd).on('close', onEnd);
  });
}

/** True when each has the bytes of the other, as far as both go. */
function isStartOf(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.subarray(0, length).equals(start.subarray(0, length));
}

function parseV1(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, V1_MAX_BYTES).indexOf('\r\n');
  if (end < 0) return bytes.length < V1_MAX_BYTES ? 'incomplete' : 'invalid';
  const [, protocol = '', source = ''] = bytes.toString('latin1', 0, end).split(' ');
  if (protocol === 'UNKNOWN') return { bytes: end + 2, source: null, security: PLAIN };
  const family = { TCP4: 4, TCP6: 6 }[protocol];
  return family !== undefined && isIP(source) === family ? { bytes: end + 2, source: plainAddress(source), security: PLAIN } : 'invalid';
}

function parseV2(bytes: Buffer): ProxyHeader {
  const [versionAndCommand, family, length] = [bytes.readUInt8(12), bytes.readUInt8(13), V2_FIXED_BYTES + bytes.readUInt16BE(14)];
  if (versionAndCommand !== V2_LOCAL && versionAndCommand !== V2_PROXY) return 'invalid';
  if (length > V2_MAX_BYTES) return 'invalid';
  if (bytes.length < length) return 'incomplete';
  const addressBytes = V2_ADDRESS_BYTES[family];
  if (versionAndCommand === V2_LOCAL || addressBytes === undefined) return { bytes: length, source: null, security: PLAIN };
  if (length < V2_FIXED_BYTES + 2 * addressBytes + 4) return 'invalid';
  const fields = bytes.subarray(V2_FIXED_BYTES + 2 * addressBytes + 4, length);
  const source = addressOfBytes(bytes.subarray(V2_FIXED_BYTES, V2_FIXED_BYTES + addressBytes));
  return { bytes: length, source, security: proxySecurity(fields) };
}

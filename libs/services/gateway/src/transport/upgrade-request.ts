/** An HTTP token (RFC 9110, 5.6.2), as the name of a subprotocol must be. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Sixteen bytes in base64. */
const WEBSOCKET_KEY = /^[+/0-9A-Za-z]{22}==$/;
const ABSOLUTE_TARGET = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;
const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * Returns the station's subprotocols in its order. Firmware writes this header in ways that the grammar forbids (empty, trailing commas, a name twice,
 * quotes), of which the names are still read. Tokens are case-sensitive.
 */
export function parseOffer(header: string | undefined): string[] {
  if (header === undefined) return [];
  const tokens = header.split(',').map((part) =>
    part
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .trim(),
  );
  return [...new Set(tokens.filter((token) => TOKEN.test(token)))];
}

/** Splits a request target into path and query, without decoding them. Returns null when it is neither a path nor absolute. */
export function splitTarget(target: string): { path: string; query: string } | null {
  const local = target.replace(ABSOLUTE_TARGET, '') || '/';
  const rooted = local.startsWith('?') ? `/${local}` : local;
  if (!rooted.startsWith('/')) return null;
  const mark = rooted.indexOf('?');
  return mark < 0 ? { path: rooted, query: '' } : { path: rooted.slice(0, mark), query: rooted.slice(mark + 1) };
}

/** Returns an address; an IPv4 address that a dual-stack socket reports as IPv6 in dotted form. */
export function plainAddress(address: string | undefined): string {
  return address?.replace(MAPPED_IPV4, '$1') ?? '';
}

/** Returns the same form of an address of four or sixteen bytes. */
export function addressOfBytes(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return '';
  const mapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  if (mapped) return bytes.subarray(12).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16));
  // The URL parser writes an IPv6 address in its shortest form.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

interface HandshakeHeaders {
  connection: string | undefined;
  upgrade: string | undefined;
  key: string | undefined;
  version: string | undefined;
}

const lists = (header: string | undefined, word: string): boolean =>
  header?.split(',').some((part) => part.trim().toLowerCase() === word) ?? false;

/** `websocket` is an upgrade that keeps RFC 6455, `broken` one that does not, `plain` ordinary HTTP. */
export type RequestKind = 'websocket' | 'old-version' | 'broken' | 'plain';

export function kindOfRequest(method: string, headers: HandshakeHeaders): RequestKind {
  if (method.toUpperCase() !== 'GET' || !lists(headers.connection, 'upgrade') || !lists(headers.upgrade, 'websocket')) return 'plain';
  if (!WEBSOCKET_KEY.test(headers.key ?? '')) return 'broken';
  return headers.version === '13' ? 'websocket' : 'old-version';
}

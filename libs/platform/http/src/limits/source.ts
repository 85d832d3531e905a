import { isIPv6 } from 'node:net';

/** The source of every request whose socket was closed before its address was read. */
const GONE = 'gone';
/** Some proxies write the client's port beside its address; it differs for each connection. */
const WITH_PORT = /^(?:\[(?<bracketed>[^\]]+)\]|(?<ipv4>\d+\.\d+\.\d+\.\d+))(?::\d+)?$/;
/** The first six groups of an IPv4-mapped IPv6 address. */
const MAPPED = '0:0:0:0:0:ffff';

/** The source that a client is counted as: the /64 prefix of an IPv6 address, since its holder has all of it, or the IPv4 address, also when mapped. */
export function sourceOf(address: string | undefined): string {
  if (address === undefined) return GONE;
  const plain = plainAddress(address);
  return isIPv6(plain) ? `${groupsOf(plain).slice(0, 4).join(':')}::/64` : plain;
}

/** The address without port, brackets and zone, as IPv4 where it is IPv4-mapped. Anything else is returned as it is. */
export function plainAddress(address: string): string {
  const { bracketed, ipv4 } = WITH_PORT.exec(address)?.groups ?? {};
  if (ipv4 !== undefined) return ipv4;
  const [plain = ''] = (bracketed ?? address).split('%', 1); // a zone has a meaning on one machine only
  if (!isIPv6(plain)) return address;
  const groups = groupsOf(plain);
  if (groups.slice(0, 6).join(':') !== MAPPED) return plain;
  const [high = 0, low = 0] = groups.slice(6).map((group) => parseInt(group, 16));
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/** The eight groups of an IPv6 address. The URL parser writes every form of it in one way. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const split = (part: string) => part.split(':').filter((group) => group !== '');
  const [before, after] = [split(head), split(tail ?? '')];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
}

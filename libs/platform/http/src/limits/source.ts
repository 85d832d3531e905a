import { isIPv6 } from 'node:net';

/** As whom everybody counts whose socket was closed before it was looked at. */
const GONE = 'gone';
/** Some proxies write the port of their client beside its address, which is another for each connection. */
const WITH_PORT = /^(?:\[(?<bracketed>[^\]]+)\]|(?<ipv4>\d+\.\d+\.\d+\.\d+))(?::\d+)?$/;
/** The first six groups of an IPv4 address in IPv6 clothes. */
const MAPPED = '0:0:0:0:0:ffff';

/** Whom an address stands for: whoever has one IPv6 address has the 2^64 of its prefix; an IPv4 address is itself, also in IPv6 clothes. */
export function sourceOf(address: string | undefined): string {
  if (address === undefined) return GONE;
  const plain = plainAddress(address);
  return isIPv6(plain) ? `${groupsOf(plain).slice(0, 4).join(':')}::/64` : plain;
}

/** The address alone: without port, brackets and zone, as IPv4 where it is that. What is none stays as it is. */
export function plainAddress(address: string): string {
  const { bracketed, ipv4 } = WITH_PORT.exec(address)?.groups ?? {};
  if (ipv4 !== undefined) return ipv4;
  const [plain = ''] = (bracketed ?? address).split('%', 1); // a zone is of one machine
  if (!isIPv6(plain)) return address;
  const groups = groupsOf(plain);
  if (groups.slice(0, 6).join(':') !== MAPPED) return plain;
  const [high = 0, low = 0] = groups.slice(6).map((group) => parseInt(group, 16));
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/** Eight groups. The URL parser writes an address in one form, whatever form it came in. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const split = (part: string) => part.split(':').filter((group) => group !== '');
  const [before, after] = [split(head), split(tail ?? '')];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
}

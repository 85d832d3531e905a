import { BlockList, isIP, isIPv6 } from 'node:net';

/** Some proxies write the client's port beside its address; it differs for each connection. */
const WITH_PORT = /^(?:\[(?<bracketed>[^\]]+)\]|(?<ipv4>\d+\.\d+\.\d+\.\d+))(?::\d+)?$/;
/** The first six groups of an IPv4-mapped IPv6 address. */
const MAPPED = '0:0:0:0:0:ffff';

/** True for an address, or an address with the length of its prefix. */
export function isAddressRange(range: string): boolean {
  const [address = '', bits, ...more] = range.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** A test whether an address is in one of these ranges, as settings write them. */
export function inRanges(ranges: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = familyOf(address);
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    if (address === undefined) return false;
    const plain = plainAddress(address);
    return list.check(plain, familyOf(plain));
  };
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
export function groupsOf(address: string): string[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const split = (part: string) => part.split(':').filter((group) => group !== '');
  const [before, after] = [split(head), split(tail ?? '')];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}

import { BlockList, isIP, isIPv6 } from 'node:net';

/** Some proxies write the client's port beside its address; it differs for each connection. */
const WITH_PORT = /^(?:\[(?<bracketed>[^\]]+)\]|(?<ipv4>\d+\.\d+\.\d+\.\d+))(?::\d+)?$/;
/** The first six groups of an IPv4-mapped IPv6 address. */
const MAPPED = '0:0:0:0:0:ffff';
/** Bits of those groups. */
const MAPPED_BITS = 96;

/** True for an address, or an address with the length of its prefix. */
export function isAddressRange(range: string): boolean {
  return canonicalRange(range) !== null;
}

/** The range as IPv4 where all of it is IPv4-mapped, in lower case; null where it is none. A zone has a meaning on one machine only and is not taken. */
export function canonicalRange(range: string): string | null {
  const [address = '', bits, ...more] = range.split('/');
  const family = isIP(address);
  if (family === 0 || address.includes('%') || more.length > 0) return null;
  const width = family === 4 ? 32 : 128;
  if (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > width)) return null;
  const length = bits === undefined ? width : Number(bits);
  const plain = plainAddress(address);
  const isMapped = family === 6 && plain.includes('.') && !isIPv6(plain);
  if (!isMapped) return [address.toLowerCase(), ...(bits === undefined ? [] : [length])].join('/');
  if (length < MAPPED_BITS) return null; // it would mean addresses of both families
  return [plain, ...(bits === undefined ? [] : [length - MAPPED_BITS])].join('/');
}

/** Whether every address of a range is in one of `ranges`. */
export function isWithin(range: string, ranges: readonly string[]): boolean {
  const [address, bits] = partsOf(range);
  return ranges.some((outer) => partsOf(outer)[1] <= bits && inRanges([outer])(address));
}

/** A test whether an address is in one of these ranges, as settings write them. An IPv4 address is in none of IPv6, `::/0` among them. */
export function inRanges(ranges: readonly string[]): (address: string | undefined) => boolean {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const range of ranges) {
    const [address, bits] = partsOf(range);
    const family = familyOf(address);
    lists[family].addSubnet(address, bits, family);
  }
  return (address) => {
    if (address === undefined) return false;
    const plain = plainAddress(address);
    return lists[familyOf(plain)].check(plain, familyOf(plain));
  };
}

function partsOf(range: string): [address: string, bits: number] {
  const [address = '', bits] = (canonicalRange(range) ?? range).split('/');
  return [address, bits === undefined ? (isIPv6(address) ? 128 : 32) : Number(bits)];
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

import { isIPv6 } from 'node:net';
import { groupsOf } from '@voltbus/runtime';

/** The first six groups of IPv6 addresses that stand for IPv4 addresses: mapped (RFC 4291), and translated by NAT64 (RFC 6052). */
const EMBEDDED_IPV4 = ['0:0:0:0:0:ffff', '64:ff9b:0:0:0:0'];

/** Returns what belongs to one owner, as far as can be known: an IPv4 address, or the /64 of an IPv6 address, whose owner has all 2^64 of it. */
export function sourceOfAddress(address: string): string {
  const groups = groupsIn(address);
  if (groups === null) return address;
  return embeddedOf(groups) ?? `${groups.slice(0, 4).join(':')}::/64`;
}

/** Returns the network of an address that one customer of a provider may own as a whole: a /24, or a /48. */
export function networkOfAddress(address: string): string {
  const groups = groupsIn(address);
  const ipv4 = groups === null ? address : embeddedOf(groups);
  if (ipv4 !== null) return `${ipv4.split('.').slice(0, 3).join('.')}.0/24`;
  return `${(groups ?? []).slice(0, 3).join(':')}::/48`;
}

function embeddedOf(groups: readonly string[]): string | null {
  if (!EMBEDDED_IPV4.includes(groups.slice(0, 6).join(':'))) return null;
  const [high = 0, low = 0] = groups.slice(6).map((group) => parseInt(group, 16));
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/** Returns the eight groups of an IPv6 address in their shortest form; null when it is none. */
function groupsIn(address: string): string[] | null {
  const [plain = ''] = address.split('%', 1); // a zone means something on this machine only
  return isIPv6(plain) ? groupsOf(plain) : null;
}

import { isIPv6 } from 'node:net';

/** The first six groups of an address of IPv6 that stands for one of IPv4: mapped (RFC 4291), and translated by NAT64 (RFC 6052). */
const EMBEDDED_IPV4 = ['0:0:0:0:0:ffff', '64:ff9b:0:0:0:0'];

/** Whom an address belongs to, as far as one can say: an address of IPv4, or a /64, for who has one address of IPv6 has 2^64 of them. */
export function sourceOfAddress(address: string): string {
  const groups = groupsOf(address);
  if (groups === null) return address;
  return embeddedOf(groups) ?? `${groups.slice(0, 4).join(':')}::/64`;
}

/** The network around it that one customer of a provider may have as a whole: a /24, or a /48. */
export function networkOfAddress(address: string): string {
  const groups = groupsOf(address);
  const ipv4 = groups === null ? address : embeddedOf(groups);
  if (ipv4 !== null) return `${ipv4.split('.').slice(0, 3).join('.')}.0/24`;
  return `${(groups ?? []).slice(0, 3).join(':')}::/48`;
}

function embeddedOf(groups: readonly string[]): string | null {
  if (!EMBEDDED_IPV4.includes(groups.slice(0, 6).join(':'))) return null;
  const [high = 0, low = 0] = groups.slice(6).map((group) => parseInt(group, 16));
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/** The eight groups of an address of IPv6 in their shortest form; null: it is none. */
function groupsOf(address: string): string[] | null {
  const [plain = ''] = address.split('%', 1); // a zone is of this machine
  if (!isIPv6(plain)) return null;
  // The URL parser writes an address in one form, whatever form it came in.
  const [head = '', tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::');
  const before = head.split(':').filter((group) => group !== '');
  const after = tail?.split(':').filter((group) => group !== '') ?? [];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
}

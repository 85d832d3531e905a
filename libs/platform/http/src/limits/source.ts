/** As whom everybody counts whose socket was closed before it was looked at. */
const GONE = 'gone';

/** Whom an address stands for: whoever has one IPv6 address has the 2^64 of its prefix; an IPv4 address is itself, also in IPv6 clothes. */
export function sourceOf(address: string | undefined): string {
  if (address === undefined) return GONE;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = groupsOf(head);
  const rest = groupsOf(tail ?? '');
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - groups.length - rest.length) }, () => '0');
  return `${[...groups, ...zeros, ...rest].slice(0, 4).join(':')}::/64`;
}

function groupsOf(part: string): string[] {
  return part.split(':').filter((group) => group !== '');
}

import { isIPv6 } from 'node:net';
import { groupsOf, plainAddress } from '@voltbus/runtime';

/** The source of every request whose socket was closed before its address was read. */
const GONE = 'gone';

/** The source that a client is counted as: the /64 prefix of an IPv6 address, since its holder has all of it, or the IPv4 address, also when mapped. */
export function sourceOf(address: string | undefined): string {
  if (address === undefined) return GONE;
  const plain = plainAddress(address);
  return isIPv6(plain) ? `${groupsOf(plain).slice(0, 4).join(':')}::/64` : plain;
}

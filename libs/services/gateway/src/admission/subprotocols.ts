import { PROTOCOLS, type Protocol } from '@voltbus/contracts';

/** Returns the first version of the station's list that is spoken here: the station's order decides (OCPP-J 3.3). */
export function commonProtocol(offered: readonly string[]): Protocol | null {
  for (const token of offered) {
    const found = PROTOCOLS.find((protocol) => protocol === token);
    if (found !== undefined) return found;
  }
  return null;
}

/** Returns the version a station is pinned to, if it offers that; otherwise its own order counts, so that no station is locked out (quirk 24). */
export function pinnedAmong(offered: readonly string[], pinnedProtocol: Protocol | null | undefined): Protocol | null {
  return pinnedProtocol && offered.includes(pinnedProtocol) ? pinnedProtocol : null;
}

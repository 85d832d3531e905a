import { isIP } from 'node:net';
import { plainAddress } from '@voltbus/runtime';
import type { ConnectionSecurity } from './connection-security';
import { forwardedSecurity, type HeaderOf, type ProxyTls } from './forwarded-security';

/** The proxies before a transport, whose word about the address of a station is taken. */
export interface Proxies {
  isProxy(address: string): boolean;
  /** Every connection begins with a header of the PROXY protocol; one without is closed. Only `WsTransport` reads it. */
  protocol: boolean;
  /** How they pass on what they know of the TLS of a station. */
  tls: ProxyTls;
}

export const NO_PROXIES: Proxies = { isProxy: () => false, protocol: false, tls: 'none' };

/**
 * The address of a station: the last one of X-Forwarded-For that no proxy of ours has, because everything before it was written by the client; without a
 * proxy, or a header that can be read, that of the TCP peer.
 */
export function clientAddress({ isProxy }: Proxies, peer: string, forwardedFor: string | undefined): string {
  let client = peer;
  for (const hop of (forwardedFor ?? '').split(',').reverse()) {
    const address = plainAddress(hop.trim());
    if (!isProxy(client) || isIP(address) === 0) return client;
    client = address;
  }
  return client;
}

/** What the headers of a request say of the TLS of a station; null where they come from no proxy of ours, or the form of the proxies has no headers. */
export function clientSecurity({ isProxy, tls }: Proxies, peer: string, header: HeaderOf): ConnectionSecurity | null {
  return tls !== 'none' && isProxy(peer) ? forwardedSecurity(tls, header) : null;
}

import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Where webhooks may go. */
export interface TargetRules {
  /** Addresses, or ranges of them, that are allowed although they are private; the plain `http:` is allowed to them too. */
  allowedAddresses: readonly string[];
  allowedPorts: readonly number[];
}

/** Characters of a URL. */
export const MAX_URL_LENGTH = 2_000;

/** Unicast addresses of IPv6 that are routed on the internet at all (RFC 4291). */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');
/** Metadata services of cloud providers that stand among the public addresses: Azure's. */
const METADATA_ADDRESSES = new Set(['168.63.129.16']);
/** What `URL` puts right: white space, backslashes, and another number of slashes than two. What is shown would not be where it goes. */
const MENDED = /[\s\\]|^https?:(?!\/\/[^/])/i;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'https:': 443, 'http:': 80 };

/**
 * Why a webhook cannot have this URL; null when it can. A host that is an address is judged here, in every notation that `URL` reads (`127.1`, `0x7f000001`);
 * a name is judged by its addresses at each attempt (`addressFault`).
 */
export function urlFault(text: string, rules: TargetRules): string | null {
  if (text.length > MAX_URL_LENGTH) return `is longer than ${MAX_URL_LENGTH} characters`;
  if (!URL.canParse(text) || MENDED.test(text)) return 'is no URL';
  const url = new URL(text);
  if (!(url.protocol in DEFAULT_PORTS)) return 'must begin with https://';
  if (url.protocol === 'http:' && rules.allowedAddresses.length === 0) return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must not name a user or a password';
  if (url.hash !== '') return 'must not have a fragment';
  if (!rules.allowedPorts.includes(portOf(url))) return `names a port that is not allowed: ${portOf(url)}`;
  const host = hostOf(url);
  return isAddress(host) ? addressFault(host, url, rules) : null;
}

/** Why nothing is sent to this address of the URL's host; null when it is. */
export function addressFault(address: string, url: URL, rules: TargetRules): string | null {
  if (!isAddress(address)) return `${address} is no address`;
  const parsed = ipaddr.parse(address);
  if (isListed(parsed, rules)) return null;
  if (!isPublic(parsed)) return `${address} is not a public address`;
  return url.protocol === 'https:' ? null : 'must begin with https://';
}

/** The host to connect to, without the brackets of an IPv6 address. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** As a socket decides whether it looks up a name. */
export function isAddress(host: string): boolean {
  return isIP(host) !== 0;
}

function portOf({ port, protocol }: URL): number {
  return port === '' ? (DEFAULT_PORTS[protocol] ?? 0) : Number(port);
}

/** An IPv4-mapped address of IPv6 is never listed: there is no reason to write one. */
function isListed(address: Address, { allowedAddresses }: TargetRules): boolean {
  return allowedAddresses.some((listed) => {
    const [range, bits] = ipaddr.parseCIDR(
      listed.includes('/') ? listed : `${listed}/${ipaddr.parse(listed).kind() === 'ipv4' ? 32 : 128}`,
    );
    return range.kind() === address.kind() && address.match(range, bits);
  });
}

/** Every range with a special purpose (IANA) is refused, also those that carry an address of IPv4 within one of IPv6. */
function isPublic(address: Address): boolean {
  if (METADATA_ADDRESSES.has(address.toString())) return false;
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.match(GLOBAL_IPV6);
}

import { Resolver } from 'node:dns/promises';
import { addressFault, hostOf, isAddress, type TargetRules } from './target-rules';

/** The addresses of a host name; rejects when there are none. */
export type ResolveName = (name: string) => Promise<readonly string[]>;

/** Nothing is sent there, and why. */
export class TargetRefused extends Error {
  override readonly name = 'TargetRefused';
}

/** A name server is asked twice, for so long each, milliseconds. */
const QUERY_MS = 2_000;
const QUERY_TRIES = 2;
/** Of the addresses of a name, those that are judged and may be connected to; a name with more is refused. */
const MAX_ADDRESSES = 32;

/**
 * Asks the name servers of the system, not its `hosts` file: unlike the system's own look-up this has an end, and keeps no thread of the process busy, so that
 * a name server that is slow for one webhook costs the others nothing.
 */
export function dnsResolver(): ResolveName {
  const resolver = new Resolver({ timeout: QUERY_MS, tries: QUERY_TRIES });
  return async (name) => {
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length === 0) throw answers.find((answer) => answer.status === 'rejected')?.reason ?? new Error(`${name} has no address`);
    return addresses;
  };
}

/**
 * The addresses that a connection for this URL may go to: looked up once, and all judged, at each attempt. One that is refused refuses the name, because a name
 * with public and private addresses is a mistake or an attack. Rejects with `TargetRefused`, or as the resolver does.
 */
export async function resolveTarget(url: URL, rules: TargetRules, resolve: ResolveName): Promise<readonly string[]> {
  const host = hostOf(url);
  const addresses = isAddress(host) ? [host] : await resolve(host);
  if (addresses.length > MAX_ADDRESSES) throw new TargetRefused(`the name has more than ${MAX_ADDRESSES} addresses`);
  for (const address of addresses) {
    const fault = addressFault(address, url, rules);
    if (fault !== null) throw new TargetRefused(fault);
  }
  return addresses;
}

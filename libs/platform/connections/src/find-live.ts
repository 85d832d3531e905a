import type { StationRef } from '@voltbus/contracts';
import type { Connections, Owner } from './port';

/**
 * Who holds these stations' connections, in the order given. Null also for what a gateway held whose lease is over: it died without a word, and the
 * registry forgets its connections only after `OWNER_TTL_MS`. For commands and for showing who is there; a take-over goes by `acquire` alone.
 */
export async function findLive(
  connections: Pick<Connections, 'findMany' | 'leases'>,
  refs: readonly StationRef[],
): Promise<(Owner | null)[]> {
  const owners = await connections.findMany(refs);
  if (owners.every((owner) => owner === null)) return owners;
  const alive = new Set((await connections.leases()).map(({ inst }) => inst));
  return owners.map((owner) => (owner !== null && alive.has(owner.inst) ? owner : null));
}

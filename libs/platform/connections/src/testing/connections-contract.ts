import { assertContract } from './assert-contract';
import { availabilityContract } from './availability-contract';
import { leasesContract } from './leases-contract';
import { ownershipContract } from './ownership-contract';
import { profilesContract } from './profiles-contract';
import { registryHarness, type ConnectionsUnderTest } from './registry-harness';

/** The promises of the `Connections` port, tried on an adapter. */
export function connectionsContract(adapter: ConnectionsUnderTest): void {
  const registry = registryHarness(adapter);
  for (const part of [ownershipContract, assertContract, leasesContract, profilesContract, availabilityContract]) part(registry);
}

export {
  ConnectionsUnavailable, LEASE_TTL_MS, OWNER_TTL_MS,
  type AssertVerdict, type Connections, type HeldConnection, type Lease, type Owner,
} from './connections';

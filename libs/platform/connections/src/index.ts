export {
  ConnectionsUnavailable,
  LEASE_TTL_MS,
  OWNER_TTL_MS,
  PROFILE_TTL_MS,
  type AssertVerdict,
  type Connections,
  type HeldConnection,
  type Lease,
  type Owner,
} from './connections';
export { findLive } from './find-live';
export { MemoryConnections } from './memory-connections';
export { RedisConnections, type RedisConnectionsOptions } from './redis-connections';
export { parseRedisUrl, type RedisAddress } from './redis-url';

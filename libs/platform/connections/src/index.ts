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
} from './port';
export { findLive } from './find-live';
export { MemoryConnections } from './memory/memory-connections';
export { type RedisTls } from './redis/redis-client';
export { inspectRedis, type InspectedRedis } from './redis/redis-inspection';
export { redisRefusal } from './redis/redis-refusal';
export { RedisConnections, type RedisConnectionsOptions } from './redis/redis-connections';
export { parseRedisUrl, type RedisAddress } from './redis/redis-url';

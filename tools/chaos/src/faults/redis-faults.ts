import Redis from 'ioredis';
import { endAndRestart } from '@voltbus/soak';
import type { Stack } from '@voltbus/stack';
import type { Fault } from './fault';

const AWAY_MS = 30_000;
const FULL_MS = 20_000;

export const REDIS_FAULTS: readonly Fault[] = [
  { name: 'redis-flush', about: 'Redis FLUSHALL', inject: ({ stack }) => withRedis(stack, (redis) => redis.flushall()) },
  {
    name: 'redis-restart',
    about: 'kill -9 of Redis, back at once and empty',
    inject: ({ stack }) => endAndRestart(stack, 'redis', 'SIGKILL'),
  },
  {
    name: 'redis-away',
    about: `Redis is away for ${AWAY_MS / 1_000} s`,
    inject: ({ stack, pause }) => endAndRestart(stack, 'redis', 'SIGKILL', () => pause(AWAY_MS)),
  },
  {
    name: 'redis-full',
    about: `Redis refuses writes for ${FULL_MS / 1_000} s, as its maxmemory is reached`,
    inject: ({ stack, pause }) =>
      withRedis(stack, async (redis) => {
        await redis.config('SET', 'maxmemory', '1');
        try {
          await pause(FULL_MS);
        } finally {
          await redis.config('SET', 'maxmemory', '0');
        }
      }),
  },
];

async function withRedis(stack: Stack, work: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(stack.facts().redis.url);
  try {
    await work(redis);
  } finally {
    redis.disconnect();
  }
}

import { startContainer } from './docker-container';
import { freePorts } from './free-ports';
import { pingRedis } from './redis-node';
import type { Server } from './server';

const IN_CONTAINER = 6379;
const IMAGE = 'redis:7.0'; // what Debian 12 has

/** Redis in a container. It keeps nothing on disk: what is in it may be lost. */
export async function startDockerRedis(host: string, changed?: () => void): Promise<Server & { url: string }> {
  const [port = 0] = await freePorts(1);
  const server = await startContainer(
    {
      what: 'Redis',
      image: IMAGE,
      port: { container: IN_CONTAINER, host: port },
      command: ['redis-server', '--save', '', '--appendonly', 'no'],
      tryOnce: () => pingRedis(host, port),
    },
    changed,
  );
  return Object.assign(server, { url: `redis://${host}:${port}` });
}

import { KILL_TARGETS, endAndRestart } from '@voltbus/soak';
import type { Fault, Scene } from './fault';

const KILLS_IN_A_ROW = 3;
const FROZEN_GATEWAY_MS = 30_000;
const FROZEN_SERVICE_MS = 60_000;
const SERVICES = ['transaction', 'cdr', 'device-config', 'router'];
/** A rolling restart replaces services first, then gateways. */
const ROLLING = ['device-config', 'router', 'transaction', 'cdr', 'webhooks', 'api', 'gateway-1', 'gateway-2'];

export const PROCESS_FAULTS: readonly Fault[] = [
  {
    name: 'kill',
    about: `kill -9 of ${KILLS_IN_A_ROW} processes one after the other, drawn from all services, a gateway, Kafka, Redis and Postgres`,
    inject: async ({ stack, random, log }) => {
      for (let killed = 0; killed < KILLS_IN_A_ROW; killed++) {
        const name = random.pick(KILL_TARGETS.stack as [string, ...string[]]); // a list that is not empty
        log(`kill -9 ${name}`);
        await endAndRestart(stack, name, 'SIGKILL');
      }
    },
  },
  {
    name: 'all-back',
    about: 'kill -9 of a gateway: all its stations come back at once',
    inject: ({ stack }) => endAndRestart(stack, 'gateway-1', 'SIGKILL'),
  },
  {
    name: 'freeze-gateway',
    about: `SIGSTOP of a gateway for ${FROZEN_GATEWAY_MS / 1_000} s`,
    inject: (scene) => frozen(scene, 'gateway-1', FROZEN_GATEWAY_MS),
  },
  {
    name: 'freeze-service',
    about: `SIGSTOP of a service for ${FROZEN_SERVICE_MS / 1_000} s`,
    inject: async (scene) => {
      const name = scene.random.pick(SERVICES as [string, ...string[]]); // a list that is not empty
      scene.log(`SIGSTOP ${name}`);
      await frozen(scene, name, FROZEN_SERVICE_MS);
    },
  },
  {
    name: 'rolling-restart',
    about: 'every process is stopped in order and started again, one after the other',
    inject: async ({ stack, log }) => {
      for (const name of ROLLING) {
        const begunAt = performance.now();
        await endAndRestart(stack, name, 'SIGTERM');
        log(`${name} was stopped and ready again after ${Math.round((performance.now() - begunAt) / 1_000)} s`);
      }
    },
  },
];

async function frozen({ stack, pause }: Scene, name: string, ms: number): Promise<void> {
  stack.signal(name, 'SIGSTOP');
  try {
    await pause(ms);
  } finally {
    stack.signal(name, 'SIGCONT');
  }
}

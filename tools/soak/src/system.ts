import { freePorts } from '@voltbus/infra';
import { startStack, startStandalone, type Standalone } from '@voltbus/stack';
import { endAndRestart } from './end-and-restart';
import type { Shape } from './kill-targets';

/** A running system whose processes may be killed. */
export interface System {
  ocppUrl: string;
  apiUrl: string;
  dataDir: string;
  /** Of its Kafka; empty in standalone. */
  brokers: readonly string[];
  /** Kills a process with -9 and starts it again, as a supervisor does. */
  killAndRestart(target: string): Promise<void>;
  /** The running processes of ours by name. */
  pids(): ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

export function startSystem(shape: Shape): Promise<System> {
  return shape === 'standalone' ? standalone() : stack();
}

async function standalone(): Promise<System> {
  const [ocpp, http, internal] = await freePorts(3); // fixed, as the stations reconnect to the same URL
  const env = { VOLTBUS_OCPP_PORT: String(ocpp), VOLTBUS_HTTP_PORT: String(http), VOLTBUS_INTERNAL_PORT: String(internal) };
  const first = await startStandalone({ env });
  let running: Standalone = first;
  return {
    ocppUrl: first.ocppUrl,
    apiUrl: first.apiUrl,
    dataDir: first.dataDir,
    brokers: [],
    killAndRestart: async () => {
      running = await running.killAndRestart();
    },
    pids: () => new Map([['standalone', running.pid]]),
    stop: async () => {
      await running.stop();
    },
  };
}

/** All stations connect to the first gateway, as behind a load balancer that has no other; the second one stands by. */
async function stack(): Promise<System> {
  const running = await startStack({ gateways: 2 });
  const { apiUrl, gateways, kafka } = running.facts();
  return {
    ocppUrl: gateways[0]?.ocppUrl ?? '',
    apiUrl,
    dataDir: running.dataDir,
    brokers: kafka.brokers,
    killAndRestart: (target) => endAndRestart(running, target, 'SIGKILL'),
    pids: () => {
      const { gateways: facing, processes } = running.facts();
      return new Map([...facing, ...processes].flatMap(({ name, pid }) => (pid === null ? [] : [[name, pid]])));
    },
    stop: () => running.stop(),
  };
}

import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from '@voltbus/infra';
import { startStack, startStandalone, type Standalone } from '@voltbus/testing';

const LOOK_MS = 50;

export const SHAPES = ['standalone', 'stack'] as const;
export type Shape = (typeof SHAPES)[number];

/** What may be killed, by name. */
export const KILL_TARGETS: Readonly<Record<Shape, readonly string[]>> = {
  standalone: ['standalone'],
  stack: ['transaction', 'cdr', 'gateway-1', 'device-config', 'router', 'api', 'kafka', 'redis', 'postgres'],
};
/** What is killed when nobody says: who keeps sessions and bills. */
export const DEFAULT_KILL_TARGETS: Readonly<Record<Shape, readonly [string, ...string[]]>> = {
  standalone: ['standalone'],
  stack: ['transaction', 'cdr'],
};

/** A running system whose processes may be killed. */
export interface System {
  ocppUrl: string;
  apiUrl: string;
  dataDir: string;
  /** Of its Kafka; none in one process. */
  brokers: readonly string[];
  /** kill -9, then as a supervisor does: started again. */
  killAndRestart(victim: string): Promise<void>;
  stop(): Promise<void>;
}

export function startSystem(shape: Shape): Promise<System> {
  return shape === 'standalone' ? standalone() : stack();
}

async function standalone(): Promise<System> {
  const [ocpp, http, internal] = await freePorts(3); // fixed: the stations come back to the same door
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
    stop: async () => {
      await running.stop();
    },
  };
}

/** The stations all knock at the first gateway, as behind a load balancer that has only that; the second one waits. */
async function stack(): Promise<System> {
  const running = await startStack({ gateways: 2 });
  const { apiUrl, gateways, kafka } = running.facts();
  return {
    ocppUrl: gateways[0]?.ocppUrl ?? '',
    apiUrl,
    dataDir: running.dataDir,
    brokers: kafka.brokers,
    killAndRestart: async (victim) => {
      running.signal(victim, 'SIGKILL');
      while (running.pidOf(victim) !== null) await pause(LOOK_MS); // its keeper sees it go
      await running.restart(victim);
    },
    stop: () => running.stop(),
  };
}

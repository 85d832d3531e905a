import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka } from '@voltbus/infra';

/** The Kafka that Jest's global setup started for the specs of real infrastructure. */
export function testKafka(): { brokers: string[] } {
  return { brokers: fromSetup('VOLTBUS_TEST_KAFKA_BROKERS').split(',') };
}

/** The Redis that Jest's global setup started. */
export function testRedis(): { url: string } {
  return { url: fromSetup('VOLTBUS_TEST_REDIS_URL') };
}

export interface OwnKafka {
  brokers: string[];
  /** Kills it with -9. */
  kill(): Promise<void>;
  /** The same broker, on the same data and port. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a broker that belongs to the caller, to be killed. */
export async function ownKafka(): Promise<OwnKafka> {
  const folder = mkdtempSync(join(tmpdir(), 'voltbus-kafka-'));
  const kafka = await startKafka({ dataDir: folder });
  return {
    brokers: kafka.brokers,
    kill: () => kafka.signal('SIGKILL'),
    start: () => kafka.restart(),
    stop: async () => {
      await kafka.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function fromSetup(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run \`npx jest -c jest.int.config.cjs\``);
  return value;
}

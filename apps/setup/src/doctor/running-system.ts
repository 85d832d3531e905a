import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What runs on this machine, as `run.json` of standalone and `stack.json` of the local stack tell. */
interface RunningSystem {
  /** Settings by their full names, for what the environment does not name. */
  settings: Readonly<Record<string, string>>;
  /** URLs of internal ports. */
  processes: readonly string[];
  /** Folders with log files. */
  logs: readonly string[];
}

const NOTHING: RunningSystem = { settings: {}, processes: [], logs: [] };

interface StackFile {
  gateways: { internalUrl: string }[];
  processes: { internalUrl: string }[];
  kafka: { brokers: string[] };
  redis: { url: string };
  postgres: { url: string };
}

/** Reads what the processes have written into a data folder; nothing where there is none. */
export function runningSystem(dataDir: string): RunningSystem {
  const stack = read(join(dataDir, 'stack.json')) as StackFile | null; // written by the stack
  if (stack !== null) {
    return {
      settings: {
        VOLTBUS_KAFKA_BROKERS: stack.kafka.brokers.join(','),
        VOLTBUS_REDIS_URL: stack.redis.url,
        VOLTBUS_DATABASE_URL: stack.postgres.url,
      },
      processes: [...stack.gateways, ...stack.processes].map(({ internalUrl }) => internalUrl),
      logs: [join(dataDir, 'stack')],
    };
  }
  const standalone = read(join(dataDir, 'run.json')) as { internalUrl: string } | null; // written by runProcess
  return standalone === null ? NOTHING : { ...NOTHING, processes: [standalone.internalUrl] };
}

function read(file: string): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

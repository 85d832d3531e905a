import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { alive, supervise, supervised, type Supervised } from './process-supervisor';
import { tailOf, withLog } from './log-file';

const EXIT_CONFIG = 78;
const LOOK_MS = 100;
const FOLDER = join(process.env['VOLTBUS_DATA_DIR'] ?? '.voltbus', 'infra');
const LOG = join(FOLDER, 'infra.log');
const USAGE = 'npm run infra -- up | down | status';
/** Written by hand: platform/runtime, which lays out the help of other commands, depends on this library. */
const HELP = `npm run infra -- up | down | status

Kafka, Redis and Postgres for development and tests, in the background, with their data in ${FOLDER}.

  up      start what does not run yet, and print where it is
  down    stop them
  status  print where they are: eval "$(npm run -s infra -- status)" makes tests and the stack use them
  --help  show this

VOLTBUS_INFRA_HOST is an address of this machine at which others reach them (pods of a cluster); without it they listen on loopback.
`;

const print = (text: string): void => void process.stderr.write(`infra: ${text}\n`);

async function main(): Promise<void> {
  const [command, ...rest] = process.argv.slice(2);
  if (['--help', '-h'].some((word) => process.argv.includes(word))) return void process.stdout.write(HELP);
  if (rest.length === 0) {
    if (command === 'up') return up();
    if (command === 'down') return down();
    if (command === 'status') return status();
    if (command === 'supervise') return supervise(FOLDER, process.env, print);
  }
  print(USAGE);
  process.exitCode = EXIT_CONFIG;
}

/** In the background, so that the terminal is free; returns when all can be used. */
async function up(): Promise<void> {
  if (supervised(FOLDER) === null && !(await start())) {
    process.stderr.write(tailOf(LOG));
    process.exitCode = 1;
    return;
  }
  status();
}

async function start(): Promise<boolean> {
  mkdirSync(FOLDER, { recursive: true });
  print(`starting; the log is ${LOG}`);
  const child = withLog(LOG, (log) => spawn(process.execPath, [__filename, 'supervise'], { stdio: ['ignore', log, log], detached: true }));
  let ended = false;
  child.once('exit', () => (ended = true));
  while (!ended && supervised(FOLDER)?.pid !== child.pid) await pause(LOOK_MS);
  child.unref();
  return !ended;
}

async function down(): Promise<void> {
  const pid = supervised(FOLDER)?.pid;
  if (pid === undefined) return print('nothing is running');
  process.kill(pid, 'SIGTERM');
  while (alive(pid)) await pause(LOOK_MS);
  print('stopped');
}

function status(): void {
  const found = supervised(FOLDER);
  if (found === null) {
    print('nothing is running');
    process.exitCode = 1;
    return;
  }
  print(`supervised by process ${found.pid}; \`eval "$(npm run -s infra -- status)"\` makes tests and the stack use these:`);
  for (const [name, value] of Object.entries(settingsOf(found))) process.stdout.write(`export ${name}='${value}'\n`);
}

/** The settings of the programs and of Jest's setups. */
function settingsOf({ brokers, redisUrl, postgresUrl, postgresAdminUrl }: Supervised): Record<string, string> {
  return {
    VOLTBUS_KAFKA_BROKERS: brokers.join(','),
    VOLTBUS_REDIS_URL: redisUrl,
    VOLTBUS_DATABASE_URL: postgresUrl,
    VOLTBUS_TEST_KAFKA_BROKERS: brokers.join(','),
    VOLTBUS_TEST_REDIS_URL: redisUrl,
    ...(postgresAdminUrl === null ? {} : { VOLTBUS_TEST_POSTGRES_URL: postgresUrl, VOLTBUS_TEST_POSTGRES_ADMIN_URL: postgresAdminUrl }),
  };
}

void main();

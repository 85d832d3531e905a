import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { PROTOCOLS, type Protocol } from '@voltbus/contracts';
import { CsmsApi } from './csms-api';
import { buildFleet, identityOf, runFleet, type FleetPlan, type Member } from './fleet';
import { Tally } from './tally';
import { truthOf } from './truth';

const PROGRESS_MS = 2_000;
const EXIT_USAGE = 64;
/** A station that tells the time by the second says that it began up to so long before: then it must have its price already. */
const COARSEST_CLOCK_MS = 1_000;

const OPTIONS = {
  url: { type: 'string', default: 'ws://127.0.0.1:9000/ocpp' },
  stations: { type: 'string', default: '10' },
  version: { type: 'string', default: 'mix' },
  personality: { type: 'string', default: 'mix' },
  minutes: { type: 'string', default: '2' },
  seed: { type: 'string', default: '1' },
  password: { type: 'string' },
  token: { type: 'string', default: 'SIMULATOR' },
  truth: { type: 'string' },
  register: { type: 'boolean', default: false },
  api: { type: 'string', default: 'http://127.0.0.1:8080' },
  'key-file': { type: 'string', default: '.voltbus/admin-key' },
  tenant: { type: 'string', default: 'default' },
} as const;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  const plan: FleetPlan = {
    url: values.url,
    stations: whole('stations', values.stations, 1, 10_000),
    version: versionOf(values.version),
    personality: values.personality,
    minutes: positive('minutes', values.minutes),
    seed: whole('seed', values.seed, 0, 2 ** 31),
    password: values.password,
    idToken: values.token,
  };
  const tally = new Tally();
  const fleet = buildFleet(plan, tally);
  if (values.register) {
    const api = new CsmsApi(values.api, values['key-file'], values.tenant);
    await api.register(
      fleet.map((_, index) => identityOf(plan.seed, index)),
      plan.password,
      plan.idToken,
    );
    await pause(COARSEST_CLOCK_MS);
  }
  const from = new Date();
  const progress = setInterval(() => process.stderr.write(`\r${summary(fleet, tally)}   `), PROGRESS_MS);
  await runFleet(plan, fleet);
  clearInterval(progress);
  process.stderr.write('\n');
  process.stdout.write(`${summary(fleet, tally)}\n`);
  for (const [error, count] of [...tally.errors].sort((one, other) => other[1] - one[1]).slice(0, 10))
    process.stdout.write(`  ${count} x ${error}\n`);
  if (values.truth !== undefined)
    writeFileSync(values.truth, `${JSON.stringify(truthOf({ ...plan, priced: values.register }, fleet, from, new Date()), null, 1)}\n`);
}

function summary(fleet: readonly Member[], tally: Tally): string {
  const sessions = fleet.flatMap(({ station }) => station.sessions);
  const ms = (share: number): string => `${(tally.percentile(share) ?? 0).toFixed(1)}`;
  const waiting = fleet.reduce((sum, { station }) => sum + station.waiting, 0);
  return (
    `stations ${fleet.length}  connections ${tally.connections}  messages ${tally.messages}  errors ${tally.failures}  ` +
    `p50 ${ms(0.5)} p95 ${ms(0.95)} p99 ${ms(0.99)} ms  transactions ${sessions.length} ended ${sessions.filter(({ endedAt }) => endedAt !== null).length}  waiting ${waiting}`
  );
}

function versionOf(text: string): Protocol | 'mix' {
  const found = PROTOCOLS.find((protocol) => protocol === text || protocol === `ocpp${text}`);
  if (found === undefined && text !== 'mix') throw new Error(`--version ${text}: mix, ${PROTOCOLS.join(', ')}`);
  return found ?? 'mix';
}

function whole(name: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < low || value > high) throw new Error(`--${name} ${text}: a whole number from ${low} to ${high}`);
  return value;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 24 * 60)) throw new Error(`--${name} ${text}: minutes, above 0, a day at most`);
  return value;
}

main().catch((error: unknown) => {
  process.stderr.write(`simulator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = EXIT_USAGE;
});

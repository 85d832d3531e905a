import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { asksForHelp, helpText } from '@voltbus/runtime';
import { Admission } from './fleet/admission';
import { SIMULATOR, readCliArgs, type SimulatorPlan } from './cli-args';
import { CsmsApi } from './api/csms-api';
import { sendCommands } from './fleet/commander';
import { tlsReader } from './fleet/tls-files';
import { buildFleet, identityOf, runFleet, type Member } from './fleet/fleet';
import { Tally } from './fleet/tally';
import { truthOf } from './proof/truth';

const PROGRESS_MS = 2_000;
const EXIT_USAGE = 64;
const EXIT_ALL_REFUSED = 1;
/** 24 characters in base64url: stations take 16 to 40. */
const PASSWORD_BYTES = 18;
/** Stations whose clock counts whole seconds report a start up to so long before the true one. The tariff must be valid already then. */
const COARSEST_CLOCK_MS = 1_000;

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) return void process.stdout.write(helpText(SIMULATOR));
  const plan = readCliArgs(args);
  const identities = Array.from({ length: plan.stations }, (_, index) => identityOf(plan.seed, index));
  const passwords = passwordsOf(plan, identities);
  const tally = new Tally();
  const admission = new Admission(plan.stations, (text) => process.stderr.write(`${onLine('')}${text}\n`));
  const fleet = buildFleet({ ...plan, passwordOf: (identity) => passwords.get(identity), tlsOf: tlsReader(plan.tls) }, tally, admission);
  if (plan.register) await register(plan, passwords, identities);
  const from = new Date();
  const progress = setInterval(() => process.stderr.write(onLine(summary(fleet, tally))), PROGRESS_MS);
  const ending = endedBySignal();
  const commanding = sendingCommands(plan, identities, ending);
  await runFleet(plan, fleet, { givenUp: admission.signal, ending });
  const { sent, errors } = await commanding;
  for (const error of errors) process.stderr.write(`simulator: a command was not accepted: ${error}\n`);
  clearInterval(progress);
  process.stderr.write(onLine(''));
  report(fleet, tally);
  if (admission.signal.aborted) {
    process.stderr.write('simulator: no station was admitted\n');
    process.exitCode = EXIT_ALL_REFUSED;
  } else if (plan.truth !== undefined) {
    mkdirSync(dirname(plan.truth), { recursive: true });
    writeFileSync(
      plan.truth,
      `${JSON.stringify(truthOf({ ...plan, priced: plan.register && isPriced(plan) }, fleet, sent, from, new Date()), null, 1)}\n`,
    );
  }
}

/** By a clock that is behind, sessions begin before the fleet's tariff. */
function isPriced({ clockOffsetMs = 0 }: SimulatorPlan): boolean {
  return clockOffsetMs >= 0;
}

/** Aborted by the first SIGINT or SIGTERM; the second one ends the process at once, as usual. */
function endedBySignal(): AbortSignal {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
  return ending.signal;
}

/** Sends commands for as long as stations begin to charge. */
async function sendingCommands(plan: SimulatorPlan, stations: readonly string[], ending: AbortSignal): ReturnType<typeof sendCommands> {
  if (plan.commandSeconds === 0) return { sent: [], errors: [] };
  const api = new CsmsApi(plan.api, plan.keyFile, plan.tenant);
  const time = { everySeconds: plan.commandSeconds, until: Date.now() + plan.minutes * 60_000, ending };
  return sendCommands((station) => api.sendCommand(station), stations, time);
}

/** The given password for all stations; else, with --register, a password of its own for each; else none. */
function passwordsOf({ password, register: registers }: SimulatorPlan, identities: readonly string[]): Map<string, string> {
  if (password === undefined && !registers) return new Map();
  return new Map(identities.map((identity) => [identity, password ?? randomBytes(PASSWORD_BYTES).toString('base64url')]));
}

async function register(plan: SimulatorPlan, passwords: ReadonlyMap<string, string>, identities: readonly string[]): Promise<void> {
  const api = new CsmsApi(plan.api, plan.keyFile, plan.tenant);
  await api.register(
    identities.map((station) => ({ station, password: passwords.get(station) })),
    plan.idToken,
  );
  await pause(COARSEST_CLOCK_MS);
}

function report(fleet: readonly Member[], tally: Tally): void {
  process.stdout.write(`${summary(fleet, tally)}\n`);
  const { times, medianMs, longestMs } = tally.absences;
  const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
  process.stdout.write(`away: ${times} times, median ${seconds(medianMs)} s, longest ${seconds(longestMs)} s\n`);
  for (const [error, count] of [...tally.errors].sort((one, other) => other[1] - one[1]).slice(0, 10))
    process.stdout.write(`  ${count} x ${error}\n`);
}

/** On a terminal the text replaces the line before. */
function onLine(text: string): string {
  return process.stderr.isTTY ? `\r\x1b[K${text}` : '';
}

function summary(fleet: readonly Member[], tally: Tally): string {
  const sessions = fleet.flatMap(({ station }) => station.sessions);
  const ms = (share: number): string => `${(tally.percentile(share) ?? 0).toFixed(1)}`;
  const undelivered = fleet.reduce((sum, { station }) => sum + station.undelivered, 0);
  return (
    `stations ${fleet.length}  connections ${tally.connections}  messages ${tally.messages}  errors ${tally.failures}  ` +
    `p50 ${ms(0.5)} p95 ${ms(0.95)} p99 ${ms(0.99)} ms  transactions ${sessions.length} ended ${sessions.filter(({ endedAt }) => endedAt !== null).length}  waiting ${undelivered}`
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`simulator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = EXIT_USAGE;
});

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { endProgram, runProgram, type Program } from '@voltbus/infra';
import { startStack, type Stack } from '@voltbus/stack';
import { fleetArgs, firstConnected, lastOf } from '../fleet';
import { ArchivedPostgres } from './archived-postgres';

const SIMULATOR = 'apps/simulator/dist/main.js';
const VERIFY = 'apps/simulator/dist/verify-main.js';
const REWIND = 'apps/setup/dist/rewind-main.js';
const LOOK_MS = 50;
/** What is stopped for a restore: everything but the gateways, which keep the stations. */
const SERVICES = ['transaction', 'cdr', 'device-config', 'router', 'webhooks', 'api'] as const;
/** When things happen, as shares of the time in which stations charge. */
const BACKUP_AT = 0.15;
const RESTORED_TO = 0.4;
const DISASTER_AT = 0.65;

export interface DrillPlan {
  stations: number;
  minutes: number;
  seed: number;
  /** False: the consumer groups stay where they are, to see what is lost then. */
  rewind: boolean;
}

interface DrillResult {
  fleet: string;
  /** Seconds of what the database had lost. */
  lostSeconds: number;
  /** The consumer groups that read again. */
  rewound: string;
  verdict: string;
  right: boolean;
}

/** A fleet charges; the database is lost and restored to an earlier instant, while Kafka goes on; then the system's account is compared with the truth of the stations. */
export async function restoreDrill(plan: DrillPlan, log: (text: string) => void): Promise<DrillResult> {
  const folder = mkdtempSync(join(tmpdir(), 'voltbus-restore-'));
  chmodSync(folder, 0o711); // Postgres runs as another user where we are root, and writes its archive here
  const postgres = await ArchivedPostgres.start(join(folder, 'database'));
  try {
    const stack = await startStack({ gateways: 1, env: { VOLTBUS_DATABASE_URL: postgres.url } });
    try {
      return await drill(plan, { stack, postgres, truth: join(folder, 'truth.json'), log });
    } finally {
      await stack.stop();
    }
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Scene {
  stack: Stack;
  postgres: ArchivedPostgres;
  truth: string;
  log(text: string): void;
}

async function drill(plan: DrillPlan, scene: Scene): Promise<DrillResult> {
  const { stack, truth } = scene;
  const { apiUrl, gateways } = stack.facts();
  const system = { apiUrl, dataDir: stack.dataDir, ocppUrl: gateways[0]?.ocppUrl ?? '' };
  const account = ['--api', apiUrl, '--key-file', join(stack.dataDir, 'admin-key')];
  const charging = runProgram(SIMULATOR, [...fleetArgs(plan, system), ...account, '--truth', truth], {});
  try {
    await firstConnected(system, charging.exit);
    return await judged(plan, { ...scene, charging, account });
  } finally {
    await endProgram(charging, 'SIGTERM');
  }
}

/** Has the database lost and restored, waits for the fleet, and compares. */
async function judged(
  plan: DrillPlan,
  { stack, postgres, truth, log, charging, account }: Scene & { charging: Program; account: readonly string[] },
): Promise<DrillResult> {
  const { kafka } = stack.facts();
  const at = clockOf(plan.minutes);
  await at(BACKUP_AT);
  await postgres.backUp();
  log('base backup taken');
  await at(RESTORED_TO);
  const instant = await postgres.now();
  await at(DISASTER_AT);
  const lostSeconds = Math.round((Date.now() - instant.getTime()) / 1_000);
  log(`the database is lost, and restored to ${instant.toISOString()}, ${lostSeconds} s ago`);
  await stopServices(stack);
  await postgres.restore(instant);
  const rewound = plan.rewind ? await rewind(kafka.brokers, instant) : '';
  await Promise.all(SERVICES.map((name) => stack.restart(name)));
  log('the services run again');
  const code = await charging.exit;
  if (code !== 0) throw new Error(`the simulator ended with ${code}:\n${charging.output()}`);
  const verifying = runProgram(VERIFY, [truth, ...account, '--kafka', kafka.brokers.join(',')], {});
  const right = (await verifying.exit) === 0 || onlyIssuedAgain(verifying.output());
  return { fleet: lastOf(charging.output(), /^stations .*/gm), lostSeconds, rewound, verdict: verifying.output().trim(), right };
}

/** CDRs that were lost are issued again with the same id and a later `issuedAt` (ADR 66), so that the topic has the first one and the API the second. */
function onlyIssuedAgain(verdict: string): boolean {
  const differences = verdict.trim().split('\n').slice(0, -2); // the last lines are the summary
  return differences.every((line) => line.endsWith(': differs from the API in issuedAt'));
}

/** Waits until a share of the time is over. */
function clockOf(minutes: number): (share: number) => Promise<void> {
  const begunAt = performance.now();
  return (share) => pause(Math.max(0, share * minutes * 60_000 - (performance.now() - begunAt)));
}

async function stopServices(stack: Stack): Promise<void> {
  for (const name of SERVICES) stack.signal(name, 'SIGTERM');
  while (SERVICES.some((name) => stack.pidOf(name) !== null)) await pause(LOOK_MS);
}

async function rewind(brokers: readonly string[], to: Date): Promise<string> {
  const program = runProgram(REWIND, ['--to', to.toISOString()], { VOLTBUS_KAFKA_BROKERS: brokers.join(',') });
  if ((await program.exit) !== 0) throw new Error(`the groups were not rewound:\n${program.output()}`);
  return program.output().trim();
}

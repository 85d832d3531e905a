import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { endProgram, runProgram } from '@voltbus/infra';
import { startStack, type Stack } from '@voltbus/stack';
import { compare, firstConnected, startCharging, summaryOf } from '../fleet';
import { ArchivedPostgres } from './archived-postgres';

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
  const { apiUrl, gateways, kafka } = stack.facts();
  const system = { apiUrl, dataDir: stack.dataDir, ocppUrl: gateways[0]?.ocppUrl ?? '', brokers: kafka.brokers };
  const charging = startCharging(plan, system, truth);
  try {
    await firstConnected(system, charging.exit);
    const restored = await lostAndRestored(plan, scene);
    const fleet = await summaryOf(charging);
    const { right, verdict } = await compare(system, truth);
    return { fleet, ...restored, verdict, right: right || onlyIssuedAgain(verdict) };
  } finally {
    await endProgram(charging, 'SIGTERM');
  }
}

/** Has the database lost and restored while the fleet charges. */
async function lostAndRestored(plan: DrillPlan, { stack, postgres, log }: Scene): Promise<Pick<DrillResult, 'lostSeconds' | 'rewound'>> {
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
  const rewound = plan.rewind ? await rewind(stack.facts().kafka.brokers, instant) : '';
  await Promise.all(SERVICES.map((name) => stack.restart(name)));
  log('the services run again');
  return { lostSeconds, rewound };
}

/** CDRs that were lost are issued again with the same id and a later `issuedAt` (ADR 66), so that the topic has the first one and the API the second. */
function onlyIssuedAgain(verdict: string): boolean {
  const differences = verdict.split('\n').slice(0, -2); // the last lines are the summary
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

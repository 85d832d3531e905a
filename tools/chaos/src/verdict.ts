import { setTimeout as pause } from 'node:timers/promises';
import { evidenceOf, judge, readHistory, type ProcessUsage } from '@voltbus/history';
import { compare, type FleetTarget } from '@voltbus/soak';
import type { Stack } from '@voltbus/stack';
import type { Truth } from '@voltbus/virtual-station';

/** What the last faults delayed is on its way for so long at most. */
const SETTLE_SECONDS = 90;
const LOOK_AGAIN_MS = 5_000;

export interface ChaosVerdict {
  right: boolean;
  /** The account of the API compared with the truth of each fleet. */
  accounts: readonly string[];
  /** What the judges of the history rest on, and every violation that they found. */
  evidence: string;
  violations: readonly string[];
}

interface Judged {
  target: FleetTarget & { tenant: string };
  truthFile: string;
  truth: Truth;
}

/** Compares every fleet's sessions and commands, then judges the history; what is still on its way is waited for. */
export async function verdictOn(fleets: readonly Judged[], stack: Stack, usage: () => readonly ProcessUsage[]): Promise<ChaosVerdict> {
  const compared = await Promise.all(
    fleets.map(async ({ target, truthFile }) => {
      const { right, verdict } = await compare(target, truthFile, ['--wait-seconds', String(SETTLE_SECONDS)]);
      return { right, account: `${target.tenant}: ${verdict}` };
    }),
  );
  const right = compared.every((one) => one.right);
  const accounts = compared.map(({ account }) => account);
  const { kafka, postgres } = stack.facts();
  const sources = {
    fleets: fleets.map(({ target, truth }) => ({ tenant: target.tenant, truth })),
    brokers: kafka.brokers,
    databaseUrl: postgres.url,
  };
  for (const end = Date.now() + SETTLE_SECONDS * 1_000; ; await pause(LOOK_AGAIN_MS)) {
    const history = { ...(await readHistory(sources)), usage: usage() };
    const violations = judge(history);
    if (violations.length === 0 || Date.now() > end)
      return { right: right && violations.length === 0, accounts, evidence: evidenceOf(history), violations };
  }
}

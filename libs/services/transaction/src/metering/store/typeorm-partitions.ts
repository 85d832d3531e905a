import { BATCH_MS, setStatementTimeout } from '@voltbus/database';
import type { DataSource } from 'typeorm';

const DAY_MS = 86_400_000;
/** Partitions are made this long before they are needed: a week in which making them may fail unnoticed by stations. */
const DAYS_AHEAD = 7;

/**
 * Makes the day partitions of readings from yesterday to a week ahead, and returns the days it could not make: those
 * with rows in the default partition, which holds readings that are older or were written before the partition.
 */
export async function makePartitions(dataSource: DataSource, now: Date): Promise<string[]> {
  const today = Math.floor(now.getTime() / DAY_MS);
  const failed: string[] = [];
  for (let day = today - 1; day <= today + DAYS_AHEAD; day++) {
    const from = new Date(day * DAY_MS).toISOString();
    const to = new Date((day + 1) * DAY_MS).toISOString();
    const name = `readings_${from.slice(0, 10).replaceAll('-', '')}`;
    await makeDay(dataSource, { name, from, to }).catch((error: unknown) => {
      if (!isOverlapWithDefault(error)) throw error;
      failed.push(from.slice(0, 10));
    });
  }
  return failed;
}

async function makeDay(dataSource: DataSource, { name, from, to }: { name: string; from: string; to: string }): Promise<void> {
  const [found]: { made: string | null }[] = await dataSource.query('SELECT to_regclass($1)::text AS made', [`transactions.${name}`]);
  if (found?.made !== null) return;
  await dataSource.transaction(async (manager) => {
    await setStatementTimeout(manager, { statementMs: BATCH_MS }); // the default partition is looked through
    // Two processes starting at once: the second waits and finds it made.
    await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('transactions.readings', 0))`);
    await manager.query(
      `CREATE TABLE IF NOT EXISTS transactions.${name} PARTITION OF transactions.readings FOR VALUES FROM ('${from}') TO ('${to}')`,
    );
  });
}

/** 23514: rows of that day are in the default partition. */
function isOverlapWithDefault(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23514';
}

import { withTimeout } from '@voltbus/flow';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';

/** Under the second in which a probe wants its answer. */
const ANSWER_MS = 800;

/**
 * Whether the database answers, for a process's readiness: null, or why not. A pool whose connections are all at work, and come back meanwhile, is busy and
 * not away: else load alone would take every process out of service.
 */
export function databaseCheck(dataSource: DataSource): () => Promise<string | null> {
  const { driver } = dataSource;
  const pool = driver instanceof PostgresDriver ? (driver.master as Pool) : null; // of `pg`, whose types TypeORM leaves out
  // One question at a time: those that a silent database does not answer must not fill the pool.
  let question: Promise<string | null> | null = null;
  return () => {
    question ??= answerOf(dataSource).finally(() => (question = null));
    return inTime(question, pool);
  };
}

function answerOf(dataSource: DataSource): Promise<string | null> {
  return dataSource.query('SELECT 1').then(
    () => null,
    (error: unknown) => `is away (${error instanceof Error ? error.message || error.name : String(error)})`,
  );
}

async function inTime(answer: Promise<string | null>, pool: Pool | null): Promise<string | null> {
  let busy = false;
  const released = (error?: unknown): void => void (busy ||= error === undefined);
  pool?.on('release', released);
  try {
    return await withTimeout(answer, ANSWER_MS, () => (busy ? null : 'does not answer'));
  } finally {
    pool?.off('release', released);
  }
}

import type { EntityManager } from 'typeorm';
import { WatchedClient } from './pg-client';

interface StatementTimeout {
  /** The longest that a statement of this transaction may take; infinite: however long. */
  statementMs: number;
}

/** What a server needs to tell us that it ended a statement. */
const TELL_MS = 2_000;

/** For work in the background whose statements are long by nature: the rest of this transaction has other limits than `DATABASE_WAITS`. */
export async function setStatementTimeout(manager: EntityManager, { statementMs }: StatementTimeout): Promise<void> {
  const client: unknown = await manager.queryRunner?.connect();
  if (client instanceof WatchedClient) client.allowSilence(statementMs + TELL_MS);
  await manager.query(`SELECT set_config('statement_timeout', $1, true)`, [String(statementMs === Infinity ? 0 : statementMs)]);
}

/** The longest that a statement of this transaction waits for a lock, milliseconds: what comes after it waits behind it. */
export async function setLockTimeout(manager: EntityManager, lockMs: number): Promise<void> {
  await manager.query(`SELECT set_config('lock_timeout', $1, true)`, [String(lockMs)]);
}

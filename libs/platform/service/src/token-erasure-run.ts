import type { TokenErasure } from '@voltbus/contracts';
import {
  ERASURE_WATCH_DAYS,
  setLockTimeout,
  setStatementTimeout,
  tryLocks,
  type Database,
  type ErasedToken,
  type Place,
  type Step,
  type TypeormTokenTraces,
} from '@voltbus/database';
import type { Logger } from '@voltbus/telemetry';
import type { ErasureState, TokenTraces } from './token-traces-port';

/** Erasures that one look through the tables is for. */
const AT_ONCE = 100;
/** The longest that one step may take, and that it waits for the rows of others. */
const STEP_MS = 30_000;
const LOCK_MS = 2_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

type Manager = Parameters<TypeormTokenTraces['erase']>[0];

interface TokenErasureRunParts {
  database: Database;
  schema: string;
  service: string;
  traces: TypeormTokenTraces;
  logger: Logger;
  now(): Date;
}

interface Run {
  erasures: string[];
  place: Place | null;
  changed: Record<string, number>;
  waiting: Record<string, number>;
}

/** Looks for erased tokens in the tables of one service, some pages in each transaction; a process that dies leaves it to the next one. */
export class TokenErasureRun implements TokenTraces {
  private stopped = false;

  constructor(private readonly parts: TokenErasureRunParts) {}

  /** It may be asked for twice. */
  async begin(tenant: string, { id, idToken, pseudonym, requestedAt }: TokenErasure): Promise<void> {
    const ends = new Date(Date.parse(requestedAt) + ERASURE_WATCH_DAYS * DAY_MS);
    await this.parts.database.query(
      `INSERT INTO ${this.parts.schema}.token_erasures (id, tenant, id_token, pseudonym, requested_at, next_at, ends_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING`,
      [id, tenant, idToken, pseudonym, requestedAt, this.parts.now(), ends],
    );
  }

  /** Step after step until the look that is begun has ended, or there is nothing to look for. Returns how many steps. */
  async work(): Promise<number> {
    let steps = 0;
    while (!this.stopped && (await this.step())) steps++;
    return steps;
  }

  /** Begins no further step. */
  stop(): void {
    this.stopped = true;
  }

  async states(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, ErasureState>> {
    const rows: (ErasureState & { id: string })[] = await this.parts.database.query(
      `SELECT id, erased_at AS "erasedAt", changed, waiting FROM ${this.parts.schema}.token_erasures WHERE tenant = $1 AND id = ANY ($2::uuid[])`,
      [tenant, ids],
    );
    return new Map(rows.map(({ id, ...state }) => [id, state]));
  }

  read(token: { tenant: string; idToken: string }, place: Place | null): ReturnType<TokenTraces['read']> {
    return this.parts.traces.read(token, place);
  }

  /** True where there may be more to do at once. */
  private step(): Promise<boolean> {
    const { database, schema, traces } = this.parts;
    return database.transaction(async (manager) => {
      const [isMine] = await tryLocks(manager, [`token erasures ${schema}`]);
      if (isMine !== true) return false;
      await setStatementTimeout(manager, { statementMs: STEP_MS });
      await setLockTimeout(manager, LOCK_MS);
      const run = (await this.current(manager)) ?? (await this.begun(manager));
      if (run === null) return false;
      const step = await traces.erase(manager, await this.tokensOf(manager, run.erasures), run.place);
      this.report(step);
      if (step.next === null) await this.end(manager, run);
      else await this.save(manager, run, step);
      return true;
    });
  }

  /** Such a row waits, and is tried again by each later look. */
  private report({ failures }: Step): void {
    const { service, logger } = this.parts;
    for (const { relation, ctid, error } of failures)
      logger.error({ service, relation, ctid, err: error }, 'an erased token could not be taken out of a row');
  }

  private async current(manager: Manager): Promise<Run | null> {
    const rows: Run[] = await manager.query(`SELECT erasures, place, changed, waiting FROM ${this.parts.schema}.token_erasure_runs`);
    return rows[0] ?? null;
  }

  private async begun(manager: Manager): Promise<Run | null> {
    const { schema, now } = this.parts;
    const due: { id: string }[] = await manager.query(
      `SELECT id FROM ${schema}.token_erasures WHERE next_at <= $1 AND next_at <= ends_at ORDER BY next_at LIMIT ${AT_ONCE}`,
      [now()],
    );
    if (due.length === 0) return null;
    const erasures = due.map(({ id }) => id);
    await manager.query(`INSERT INTO ${schema}.token_erasure_runs (erasures) VALUES ($1)`, [erasures]);
    return { erasures, place: null, changed: {}, waiting: {} };
  }

  private tokensOf(manager: Manager, ids: readonly string[]): Promise<ErasedToken[]> {
    return manager.query(
      `SELECT id, tenant, id_token AS "idToken", pseudonym, ends_at <= $2 AS "isLast" FROM ${this.parts.schema}.token_erasures WHERE id = ANY($1::uuid[])`,
      [ids, this.parts.now()],
    );
  }

  private async save(manager: Manager, { changed, waiting }: Run, step: Step): Promise<void> {
    await manager.query(`UPDATE ${this.parts.schema}.token_erasure_runs SET place = $1, changed = $2, waiting = $3`, [
      JSON.stringify(step.next),
      JSON.stringify(sum(changed, step.changed)),
      JSON.stringify(sum(waiting, step.left)),
    ]);
  }

  private async end(manager: Manager, { erasures, changed, waiting }: Run): Promise<void> {
    const { schema, now, logger, service } = this.parts;
    await manager.query(`DELETE FROM ${schema}.token_erasure_runs`);
    for (const id of erasures) {
      const at = now();
      const rows: Watch[] = await manager.query(
        `SELECT requested_at AS "requestedAt", next_at AS "dueAt", ends_at AS "endsAt" FROM ${schema}.token_erasures WHERE id = $1`,
        [id],
      );
      const [known] = rows;
      if (known === undefined) continue;
      const left = waiting[id] ?? 0;
      await manager.query(
        `UPDATE ${schema}.token_erasures SET changed = changed + $2, waiting = $3, next_at = $4,
           erased_at = CASE WHEN $3 = 0 THEN coalesce(erased_at, $5) ELSE erased_at END WHERE id = $1`,
        [id, changed[id] ?? 0, left, nextLook(known, at), at],
      );
      logger.info({ erasure: id, service, changed: changed[id] ?? 0, waiting: left }, 'looked for an erased token');
    }
  }
}

interface Watch {
  requestedAt: Date;
  /** Since when the look was due that has ended now. */
  dueAt: Date;
  endsAt: Date;
}

/** Soon after the request often, then once a day; a last time when its time ends, also where that passed during a look. */
function nextLook({ requestedAt, dueAt, endsAt }: Watch, at: Date): Date {
  const age = at.getTime() - requestedAt.getTime();
  const wait = age < 60 * MINUTE_MS ? 5 * MINUTE_MS : age < DAY_MS ? 60 * MINUTE_MS : DAY_MS;
  const next = at.getTime() + wait;
  return new Date(dueAt < endsAt ? Math.min(next, endsAt.getTime()) : next);
}

function sum(one: Readonly<Record<string, number>>, other: ReadonlyMap<string, number>): Record<string, number> {
  const total = { ...one };
  for (const [id, count] of other) total[id] = (total[id] ?? 0) + count;
  return total;
}

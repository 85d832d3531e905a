import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { openDatabase } from './typeorm-database';
import type { Migration } from '../migrations/migration';

/** The interval in which the holder renews it. */
const BEAT_MS = 5_000;
/**
 * A holder that has not renewed it for this time is dead, so that a start after a `kill -9` takes this long. Three
 * beats, and one for a slow database.
 */
export const LEASE_LAPSE_MS = 20_000;
const LOOK_MS = 1_000;

const SCHEMA = 'standalone';
const MIGRATIONS: readonly Migration[] = [
  {
    id: '0230-lease',
    sql: `CREATE TABLE standalone.lease (one boolean PRIMARY KEY DEFAULT true CHECK (one), inst uuid NOT NULL, holder text NOT NULL, beats bigint NOT NULL)`,
  },
];

export interface DatabaseLeaseParts {
  url: string;
  /** The description of this process that another one shows. */
  holder: string;
  /** Called when another holder may have died: the start waits up to `LEASE_LAPSE_MS` for a sign of it. */
  waiting(holder: string): void;
  /** Another one has it: this process was frozen, or cut off, for longer than a lease lasts. */
  lost(holder: string): void;
  beatFailed(error: unknown): void;
  beatMs?: number;
  lapseMs?: number;
  lookMs?: number;
}

interface Row {
  inst: string;
  holder: string;
  beats: string;
}

/**
 * One process at a time on a database: a row whose holder counts on. No session lock, which a PgBouncer would lose, and no wall clock, which may jump: whoever
 * wants it sees it counted on, or not, by its own steady clock.
 */
export class DatabaseLease {
  private readonly inst = randomUUID();
  private dataSource: DataSource | undefined;
  private beats: NodeJS.Timeout | undefined;

  constructor(private readonly parts: DatabaseLeaseParts) {}

  /** Null: it is ours. Else who holds it, and lives. */
  async take(): Promise<string | null> {
    const { url, beatMs = BEAT_MS } = this.parts;
    this.dataSource = await openDatabase({ url, schema: SCHEMA, migrations: MIGRATIONS, poolSize: 1, applicationName: 'voltbus lease' });
    const other = await this.heldBy(this.dataSource);
    if (other === null) this.beats = setInterval(() => void this.beat().catch(this.parts.beatFailed), beatMs).unref();
    else await this.dataSource.destroy();
    return other;
  }

  /** For the next one, at once. */
  async release(): Promise<void> {
    clearInterval(this.beats);
    const { dataSource } = this;
    if (dataSource?.isInitialized !== true) return;
    try {
      await dataSource.query('DELETE FROM standalone.lease WHERE inst = $1', [this.inst]);
    } finally {
      await dataSource.destroy();
    }
  }

  async beat(): Promise<void> {
    const [, counted] = (await this.dataSource?.query('UPDATE standalone.lease SET beats = beats + 1 WHERE inst = $1', [this.inst])) as [
      unknown,
      number,
    ]; // how TypeORM answers an UPDATE
    if (counted > 0) return;
    clearInterval(this.beats);
    const row = this.dataSource === undefined ? null : await rowOf(this.dataSource);
    this.parts.lost(row?.holder ?? 'nobody any more');
  }

  private async heldBy(dataSource: DataSource): Promise<string | null> {
    const { waiting, lapseMs = LEASE_LAPSE_MS, lookMs = LOOK_MS } = this.parts;
    const since = performance.now();
    let first: Row | null = null;
    for (;;) {
      const dead: Row | null = performance.now() - since >= lapseMs ? first : null;
      if (await this.took(dataSource, dead)) return null;
      const row = await rowOf(dataSource);
      if (row === null) continue; // released just now
      if (first !== null && (row.inst !== first.inst || row.beats !== first.beats)) return row.holder;
      if (first === null) waiting(row.holder);
      first ??= row;
      await pause(lookMs);
    }
  }

  /** Where nobody has it, or the one who is dead has it still: of those who try at once one gets it. */
  private async took(dataSource: DataSource, dead: Row | null): Promise<boolean> {
    const rows = await dataSource.query<unknown[]>(
      `INSERT INTO standalone.lease AS held (inst, holder, beats) VALUES ($1, $2, 0)
       ON CONFLICT (one) DO UPDATE SET inst = excluded.inst, holder = excluded.holder, beats = 0
       WHERE held.inst = $3 AND held.beats = $4 RETURNING 1`,
      [this.inst, this.parts.holder, dead?.inst ?? null, dead?.beats ?? null],
    );
    return rows.length > 0;
  }
}

async function rowOf(dataSource: DataSource): Promise<Row | null> {
  const [row] = await dataSource.query<Row[]>('SELECT inst, holder, beats FROM standalone.lease');
  return row ?? null;
}

import { BATCH_MS, setLockTimeout, setStatementTimeout } from '@voltbus/database';
import type { DataSource } from 'typeorm';

const HOUR_MS = 3_600_000;
/** Partitions are made this long before they are needed: a day in which making them may fail unnoticed. */
export const HOURS_AHEAD = 24;
/** How long making or dropping a partition waits for readers; then it is left to the next run. */
const LOCK_MS = 2_000;

/** The hour partitions of frames: made ahead, dropped by age. */
export class TypeormMessageLogPartitions {
  constructor(private readonly dataSource: DataSource) {}

  /** From the hour before this one to a day ahead. An hour that has rows in the default partition already stays there. */
  async make(now: Date): Promise<void> {
    const known = new Set(await this.hours());
    const first = Math.floor(now.getTime() / HOUR_MS) - 1;
    for (let hour = first; hour <= first + 1 + HOURS_AHEAD; hour++) if (!known.has(hour)) await this.makeHour(hour);
  }

  /** Drops partitions whose last instant is before this one. */
  async dropBefore(oldest: Date): Promise<void> {
    for (const hour of await this.hours())
      if ((hour + 1) * HOUR_MS <= oldest.getTime()) await this.alone(`DROP TABLE IF EXISTS ${nameOf(hour)}`);
    await this.dataSource.transaction(async (manager) => {
      await setStatementTimeout(manager, { statementMs: BATCH_MS });
      await manager.query('DELETE FROM device_config.frames_default WHERE at < $1', [oldest]);
    });
  }

  /** Hours since 1970 that have a partition. */
  async hours(): Promise<number[]> {
    const rows: { name: string }[] = await this.dataSource.query(
      `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       WHERE i.inhparent = 'device_config.frames'::regclass ORDER BY name`,
    );
    return rows.flatMap(({ name }) => hourOf(name) ?? []);
  }

  private async makeHour(hour: number): Promise<void> {
    const [from, to] = [hour, hour + 1].map((bound) => new Date(bound * HOUR_MS).toISOString());
    const make = `CREATE TABLE IF NOT EXISTS ${nameOf(hour)} PARTITION OF device_config.frames FOR VALUES FROM ('${from}') TO ('${to}')`;
    await this.alone(make).catch((error: unknown) => {
      if (!isOverlapWithDefault(error)) throw error;
    });
  }

  /** Two processes at once: the second waits and finds it done. */
  private async alone(change: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await setStatementTimeout(manager, { statementMs: BATCH_MS }); // the default partition is looked through
      await setLockTimeout(manager, LOCK_MS);
      await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('device_config.frames', 0))`);
      await manager.query(change);
    });
  }
}

/** `device_config.frames_2026060112`: the hour from twelve, UTC. */
function nameOf(hour: number): string {
  return `device_config.frames_${new Date(hour * HOUR_MS).toISOString().slice(0, 13).replace(/\D/g, '')}`;
}

function hourOf(name: string): number | undefined {
  const [, year, month, day, hour] = /^frames_(\d{4})(\d\d)(\d\d)(\d\d)$/.exec(name) ?? [];
  return hour === undefined ? undefined : Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour)) / HOUR_MS;
}

/** 23514: rows of that hour are in the default partition. */
function isOverlapWithDefault(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23514';
}

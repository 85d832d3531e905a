import type { DataSource } from 'typeorm';
import type { DeadLetter } from '../dead-letter';

interface Row extends Omit<DeadLetter, 'diedAt' | 'replayedAt' | 'headers'> {
  died_at: Date;
  replayed_at: Date | null;
  headers: Record<string, string>;
}

/** Of each value in a list: one may be as large as a station's frame, and a page has many. */
export const MAX_LISTED_BYTES = 4_096;

/** A letter in a list: the beginning of its value, and how long that is. */
export interface ListedDeadLetter extends DeadLetter {
  valueBytes: number;
}

/** What could not be handled. */
export class TypeormDeadLetters {
  constructor(private readonly dataSource: DataSource) {}

  /** False when it was there already. */
  async add(letter: DeadLetter): Promise<boolean> {
    const headers = Object.fromEntries(Object.entries(letter.headers).map(([name, value]) => [name, value.toString('base64')]));
    const rows: unknown[] = await this.dataSource.query(
      `INSERT INTO router.dead_letters (tenant, id, key, topic, partition, "offset", consumer, handler, kind, error, attempts, died_at, value, headers)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING RETURNING 1`,
      [
        ...[letter.tenant, letter.id, letter.key, letter.topic, letter.partition, letter.offset, letter.consumer, letter.handler],
        ...[letter.kind, letter.error, letter.attempts, letter.diedAt, letter.value, JSON.stringify(headers)],
      ],
    );
    return rows.length > 0;
  }

  async find(tenant: string, id: string): Promise<DeadLetter | null> {
    const rows: Row[] = await this.dataSource.query('SELECT * FROM router.dead_letters WHERE tenant = $1 AND id = $2', [tenant, id]);
    return rows[0] === undefined ? null : toLetter(rows[0]);
  }

  /** The last death first; `after` is the time and id the page before ended with. */
  async page(tenant: string, { limit, after }: { limit: number; after: readonly [string, string] | null }): Promise<ListedDeadLetter[]> {
    const rows: (Row & { value_bytes: number })[] = await this.dataSource.query(
      `SELECT tenant, id, key, topic, partition, "offset", consumer, handler, kind, error, attempts, died_at, replayed_at, headers,
              substring(value FROM 1 FOR ${MAX_LISTED_BYTES}) AS value, octet_length(value) AS value_bytes
       FROM router.dead_letters WHERE tenant = $1 AND ($2::timestamptz IS NULL OR (died_at, id) < ($2, $3::uuid))
       ORDER BY died_at DESC, id DESC LIMIT $4`,
      [tenant, after?.[0] ?? null, after?.[1] ?? null, limit],
    );
    return rows.map(({ value_bytes, ...row }) => ({ ...toLetter(row), valueBytes: value_bytes }));
  }

  async replayed({ tenant, id }: DeadLetter, at: Date): Promise<void> {
    await this.dataSource.query('UPDATE router.dead_letters SET replayed_at = $3 WHERE tenant = $1 AND id = $2', [tenant, id, at]);
  }

  /** How many it removed of those that died before. */
  async forget(before: Date, limit: number): Promise<number> {
    const rows: unknown[] = await this.dataSource.query(
      `WITH gone AS (DELETE FROM router.dead_letters WHERE (tenant, id) IN
         (SELECT tenant, id FROM router.dead_letters WHERE died_at < $1 LIMIT $2) RETURNING 1) SELECT 1 FROM gone`,
      [before, limit],
    );
    return rows.length;
  }
}

function toLetter({ died_at, replayed_at, headers, ...row }: Row): DeadLetter {
  return {
    ...row,
    diedAt: died_at.toISOString(),
    replayedAt: replayed_at?.toISOString() ?? null,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Buffer.from(value, 'base64')])),
  };
}

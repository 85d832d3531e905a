import type { DataSource } from 'typeorm';
import type { DeadLetter } from '../dead-letter';

interface Row extends Omit<DeadLetter, 'diedAt' | 'replayedAt' | 'headers'> {
  died_at: Date;
  replayed_at: Date | null;
  headers: Record<string, string>;
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
  async page(tenant: string, { limit, after }: { limit: number; after: readonly [string, string] | null }): Promise<DeadLetter[]> {
    const rows: Row[] = await this.dataSource.query(
      `SELECT * FROM router.dead_letters WHERE tenant = $1 AND ($2::timestamptz IS NULL OR (died_at, id) < ($2, $3::uuid))
       ORDER BY died_at DESC, id DESC LIMIT $4`,
      [tenant, after?.[0] ?? null, after?.[1] ?? null, limit],
    );
    return rows.map(toLetter);
  }

  async replayed({ tenant, id }: DeadLetter, at: Date): Promise<void> {
    await this.dataSource.query('UPDATE router.dead_letters SET replayed_at = $3 WHERE tenant = $1 AND id = $2', [tenant, id, at]);
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

import type { SecretBox } from '@voltbus/contracts';
import { redactText } from '@voltbus/ocpp';
import { TypeormList, shownAs, type ListSource } from '@voltbus/database';
import type { DataSource } from 'typeorm';
import type { DeadLetter } from './dead-letter';
import { DEAD_LETTER_LIST, type DeadLetterFilters, type DeadLetterSort } from './typeorm-dead-letter-list';

interface Row extends Omit<DeadLetter, 'diedAt' | 'replayedAt' | 'headers'> {
  died_at: Date;
  replayed_at: Date | null;
  headers: Record<string, string>;
  sealed: Buffer | null;
}

interface ListedRow extends Omit<Row, 'sealed'> {
  value_bytes: number;
}

/** A dead letter in a list: the beginning of its value, and the value's length. */
interface ListedDeadLetter extends DeadLetter {
  valueBytes: number;
}

/** Dead letters, stored without their secrets; a value that had some is stored encrypted beside it. */
export class TypeormDeadLetters {
  private readonly listed: TypeormList<ListedRow, DeadLetterFilters, DeadLetterSort>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly box: SecretBox,
  ) {
    this.listed = new TypeormList(dataSource, DEAD_LETTER_LIST);
  }

  /** False when it was there already. */
  async add(letter: DeadLetter): Promise<boolean> {
    const headers = Object.fromEntries(Object.entries(letter.headers).map(([name, value]) => [name, value.toString('base64')]));
    const { value, sealed } = this.sealed(letter);
    const rows: unknown[] = await this.dataSource.query(
      `INSERT INTO router.dead_letters (tenant, id, key, topic, partition, "offset", consumer, handler, kind, error, attempts, died_at, value, headers, sealed)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING RETURNING 1`,
      [
        ...[letter.tenant, letter.id, letter.key, letter.topic, letter.partition, letter.offset, letter.consumer, letter.handler],
        ...[letter.kind, redactText(letter.error), letter.attempts, letter.diedAt, value, JSON.stringify(headers), sealed],
      ],
    );
    return rows.length > 0;
  }

  async find(tenant: string, id: string): Promise<DeadLetter | null> {
    const rows: Row[] = await this.dataSource.query('SELECT * FROM router.dead_letters WHERE tenant = $1 AND id = $2', [tenant, id]);
    return rows[0] === undefined ? null : toLetter(rows[0]);
  }

  /** The value as received, to be replayed; null: it is encrypted under a key that is not set. */
  async original(letter: DeadLetter): Promise<DeadLetter | null> {
    const { tenant, id } = letter;
    const rows: { sealed: Buffer | null }[] = await this.dataSource.query(
      'SELECT sealed FROM router.dead_letters WHERE tenant = $1 AND id = $2',
      [tenant, id],
    );
    const sealed = rows[0]?.sealed ?? null;
    if (sealed === null) return letter;
    const value = this.box.openBytes(sealed, `${tenant}/${id}`);
    return value === null ? null : { ...letter, value };
  }

  list(tenant: string): ListSource<ListedDeadLetter, DeadLetterFilters, DeadLetterSort> {
    return shownAs(this.listed.of(tenant), (rows) =>
      rows.map(({ value_bytes, ...row }) => ({ ...toLetter(row), valueBytes: value_bytes })),
    );
  }

  async replayed({ tenant, id }: DeadLetter, at: Date): Promise<void> {
    await this.dataSource.query('UPDATE router.dead_letters SET replayed_at = $3 WHERE tenant = $1 AND id = $2', [tenant, id, at]);
  }

  private sealed({ tenant, id, value }: DeadLetter): { value: Buffer; sealed: Buffer | null } {
    const text = value.toString('utf8');
    const shown = redactText(text);
    return shown === text ? { value, sealed: null } : { value: Buffer.from(shown), sealed: this.box.close(value, `${tenant}/${id}`) };
  }
}

function toLetter({ died_at, replayed_at, headers, ...row }: Omit<Row, 'sealed'>): DeadLetter {
  const { tenant, id, key, topic, partition, offset, consumer, handler, kind, error, attempts, value } = row;
  return {
    ...{ tenant, id, key, topic, partition, offset, consumer, handler, kind, error, attempts, value },
    diedAt: died_at.toISOString(),
    replayedAt: replayed_at?.toISOString() ?? null,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Buffer.from(value, 'base64')])),
  };
}

import type { DataSource } from 'typeorm';
import { valueSql, type PassingSealed, type SealedColumn } from './sealed-column';

/** Rows that are looked at in one statement, whether they hold an encrypted value or not. */
const SEALED_PAGE = 1_000;

/** A row with an encrypted value. */
export interface SealedRow {
  key: readonly unknown[];
  /** As it is stored. */
  value: unknown;
  /** What names its owner. */
  of: Readonly<Record<string, unknown>>;
}

/** What statements are sent to. */
export type SealedDatabase = Pick<DataSource, 'query'>;

interface SealedRowsParts {
  dataSource: SealedDatabase;
  schema: string;
  page?: number;
}

interface Selection {
  key: readonly string[];
  value: string;
  more?: string;
  where?: string;
}

/** Reads encrypted values page by page in the order of the primary key, and replaces them. */
export class SealedRows {
  constructor(private readonly parts: SealedRowsParts) {}

  values(table: string, column: SealedColumn): AsyncGenerator<SealedRow> {
    return this.rows(table, { key: column.key, value: valueSql(column), more: column.owner.select });
  }

  passing(table: string, { key, value, where }: PassingSealed): AsyncGenerator<SealedRow> {
    return this.rows(table, { key, value, where });
  }

  /** False: somebody has written another value meanwhile. */
  async replace(table: string, column: SealedColumn, { row, value }: { row: SealedRow; value: Buffer | string }): Promise<boolean> {
    const { path, key } = column;
    const after = path === undefined ? '$1' : `jsonb_set(${column.column}, '{${path.join(',')}}', to_jsonb($1::text), false)`;
    const [, changed] = await this.parts.dataSource.query<[unknown, number]>(
      `UPDATE ${this.parts.schema}.${table} SET ${column.column} = ${after}
       WHERE ${valueSql(column)} = $2 AND (${key.join(', ')}) = (${key.map((_, at) => `$${at + 3}`).join(', ')})`,
      [value, row.value, ...row.key],
    );
    return changed > 0;
  }

  private async *rows(table: string, { key, value, more, where = 'true' }: Selection): AsyncGenerator<SealedRow> {
    const { dataSource, schema, page = SEALED_PAGE } = this.parts;
    const selected = [...key.map((name, at) => `${name} AS key_${at}`), `${value} AS sealed_value`, ...(more === undefined ? [] : [more])];
    for (let after: readonly unknown[] | null = []; after !== null;) {
      const beyond: string = after.length === 0 ? 'true' : `(${key.join(', ')}) > (${after.map((_, at) => `$${at + 2}`).join(', ')})`;
      const rows: Record<string, unknown>[] = await dataSource.query(
        `SELECT ${selected.join(', ')} FROM ${schema}.${table} AS of_table WHERE ${beyond} AND ${where} ORDER BY ${key.join(', ')} LIMIT $1`,
        [page, ...after],
      );
      const read = rows.map((row) => ({ key: key.map((_, at) => row[`key_${at}`]), value: row['sealed_value'] ?? null, of: row }));
      yield* read.filter((row) => row.value !== null);
      after = rows.length < page ? null : (read.at(-1)?.key ?? null);
    }
  }
}

import type { StationRef } from '@voltbus/contracts';
import { freshDatabase, type FreshDatabase } from '@voltbus/testing';
import type { DataSource } from 'typeorm';
import type { Statement } from '../../connection/statement';
import { openDatabase } from '../../connection/typeorm-database';

export const SCHEMA = 'shared';
const sql = `CREATE TABLE ${SCHEMA}.notes (station text NOT NULL, nth integer NOT NULL, body jsonb, at timestamptz, PRIMARY KEY (station, nth));
CREATE TABLE ${SCHEMA}.seats (taken_by text NOT NULL);`;

export const NOTES: Statement = {
  name: 'notes-of',
  merge: ['text', 'integer[]'],
  text: `SELECT nth, body, at FROM ${SCHEMA}.notes WHERE station = $1 AND nth = ANY($2) ORDER BY nth DESC`,
};
export const ADD: Statement = {
  name: 'note-add',
  merge: ['text', 'integer', 'jsonb', 'timestamptz'],
  text: `INSERT INTO ${SCHEMA}.notes (station, nth, body, at) VALUES ($1, $2, $3, $4) ON CONFLICT (station, nth) DO NOTHING`,
};
export const CHANGE: Statement = {
  name: 'note-change',
  merge: ['text', 'jsonb'],
  text: `UPDATE ${SCHEMA}.notes SET body = $2, nth = nth + CASE WHEN $1 = '' THEN 1 ELSE 0 END
WHERE station = $1`,
};
export const ROWS: Statement = {
  name: 'note-rows',
  merge: 'json-rows',
  text: `INSERT INTO ${SCHEMA}.notes (station, nth) SELECT station, nth FROM json_to_recordset($1::json) AS given (station text, nth integer) RETURNING station`,
};

/** A database in which stations keep notes. */
export class NotesDatabase {
  private constructor(
    private readonly database: FreshDatabase,
    readonly dataSource: DataSource,
    /** Names of the statements that were sent. */
    readonly statements: string[],
  ) {}

  static async start(): Promise<NotesDatabase> {
    const database = await freshDatabase();
    const statements: string[] = [];
    const histogram = () => ({
      observe: (_: number, labels: object = {}) => void statements.push(new Map(Object.entries(labels)).get('query') as string),
    });
    const metrics = { gauge: () => undefined, histogram };
    const dataSource = await openDatabase({ url: database.url, schema: SCHEMA, migrations: [{ id: '0001-notes', sql }], metrics });
    return new NotesDatabase(database, dataSource, statements);
  }

  async clear(): Promise<void> {
    await this.dataSource.query(`TRUNCATE ${SCHEMA}.notes, ${SCHEMA}.seats`);
  }

  async stored(): Promise<string[]> {
    const rows = await this.dataSource.query<{ note: string }[]>(
      `SELECT station || ':' || nth || ':' || coalesce(body::text, '') AS note FROM ${SCHEMA}.notes ORDER BY 1`,
    );
    return rows.map(({ note }) => note);
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
    await this.database.drop();
  }
}

export const refOf = (station: number | string): StationRef => ({ tenant: 'default', station: `S${station}` });
/** Numbers of twenty stations. */
export const many = Array.from({ length: 20 }, (_, index) => index);

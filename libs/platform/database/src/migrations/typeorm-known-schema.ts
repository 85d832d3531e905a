import type { DataSource, EntityManager } from 'typeorm';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions';

/** A schema that was made by migrations which this program does not continue. The message is for the operator. */
export class UnknownSchema extends Error {
  override name = 'UnknownSchema';
  /** `place`: the database, or the folder of an embedded one. */
  constructor(
    readonly schema: string,
    place: string,
  ) {
    super(
      `${place} holds a schema ${schema} of another version of Voltbus, which this version does not continue: remove ${place} to begin anew, or restore a backup made by this version`,
    );
  }
}

/**
 * Throws `UnknownSchema` where the migrations were recorded by an earlier program, which had its own table for them, or where one was applied that is unknown
 * and no newer than those that are known. Newer ones are a newer program's, which works beside this one during a rolling upgrade.
 */
export async function refuseUnknownSchema(manager: EntityManager, dataSource: DataSource, schema: string): Promise<void> {
  const columns = await manager.query<{ name: string }[]>(
    'SELECT column_name AS name FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2',
    [schema, 'migrations'],
  );
  if (columns.length === 0) return;
  const recorded = columns.some(({ name }) => name === 'name');
  const applied = recorded ? await manager.query<{ name: string }[]>(`SELECT name FROM ${schema}.migrations`) : [];
  const known = new Set(dataSource.migrations.map(({ name }) => name));
  const newest = Math.max(...[...known].map(numberOf));
  if (!recorded || applied.some(({ name }) => !known.has(name) && numberOf(name) <= newest))
    throw new UnknownSchema(schema, placeOf(dataSource));
}

/** The number at the beginning of a migration's id. */
function numberOf(name = ''): number {
  return Number.parseInt(name, 10);
}

function placeOf({ options }: DataSource): string {
  const { database, host, port } = options as PostgresDataSourceOptions; // `openDatabase` made it
  return `the database ${String(database)} at ${host}:${port}`;
}

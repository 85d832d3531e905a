/** A step of a service's schema, in SQL. Applied once, in the order of the ids. Expand; contract in a later release. */
export interface Migration {
  /**
   * A number that sorts, and what the step is about: `0010-local-lists`. A new one has the highest number of its service, whichever block it belongs to: by
   * that an older program knows during a rolling upgrade that the schema is its own and newer.
   */
  id: string;
  sql: string;
}

/** TypeORM orders migrations by the 13 digits at the end of their names: the epoch milliseconds that its own generator puts there. */
const FIRST = 1_700_000_000_000;

/** Name of a migration in TypeORM's `migrations` table. Throws on an id that does not sort. */
export function migrationName({ id }: Migration): string {
  const number = /^(\d{4,8})-/.exec(id)?.[1];
  if (number === undefined) throw new Error(`a migration's id begins with a number of four digits or more: ${id}`);
  return `${id}-${FIRST + Number(number)}`;
}

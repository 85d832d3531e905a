import type { DataSource, EntityManager } from 'typeorm';
import type { SchemaDeclaration } from '../retention/retention';
import { runForAllTenants } from '../tenancy/tenant-scope';
import { soughtFor, withoutTokens } from './token-text';
import type { ErasedToken, TokenTrace } from './token-traces';

/** Pages of 8 kB of a table that are looked at in one step. */
const PAGES = 500;

/** Where a look through the tables of a schema stands. */
export interface Place {
  /** Which of the declared traces. */
  trace: number;
  /** The table, or partition, by its name. */
  relation: string;
  page: number;
}

/** What one step did for each erasure. */
export interface Step {
  changed: ReadonlyMap<string, number>;
  /** Rows that cannot be changed yet, those that failed among them. */
  left: ReadonlyMap<string, number>;
  /** Why rows could not be changed: one must not keep the others from it. */
  failures: readonly RowFailure[];
  /** Where it goes on; null: all was looked at. */
  next: Place | null;
}

/** What one step of reading found, and where it goes on. */
interface ReadStep {
  rows: { table: string; row: object }[];
  next: Place | null;
}

/** A row that could not be changed, by its place. */
interface RowFailure {
  relation: string;
  ctid: string;
  error: unknown;
}

interface Declared {
  table: string;
  trace: TokenTrace;
}

interface Column {
  name: string;
  type: string;
}

interface Candidate {
  ctid: string;
  tenant: string;
  notYet: boolean;
  isDue: boolean;
  values: (string | null)[];
}

/** Finds, replaces and removes the ids of tokens in all tables of a schema, some pages at a time. */
export class TypeormTokenTraces {
  private readonly traces: readonly Declared[];

  constructor(
    private readonly dataSource: DataSource,
    private readonly declared: SchemaDeclaration,
  ) {
    this.traces = declared.tables.flatMap(({ name, tokens = [] }) => tokens.map((trace) => ({ table: name, trace })));
  }

  /** One step of an erasure, in the caller's transaction. */
  async erase(manager: EntityManager, tokens: readonly ErasedToken[], place: Place | null): Promise<Step> {
    const [changed, left] = [new Map<string, number>(), new Map<string, number>()];
    const failures: RowFailure[] = [];
    const at = await this.relationFrom(manager, place, (trace) => trace.how !== 'kept');
    if (at === null) return { changed, left, failures, next: null };
    for (const row of await candidates(manager, at, tokens, { lock: true })) {
      const found = tokenIn(at, row, tokens);
      if (found === null) continue;
      const failure = row.notYet ? null : await written(manager, at, row, found.values);
      if (failure !== null) failures.push(failure);
      const counts = row.notYet || failure !== null ? left : changed;
      counts.set(found.token.id, (counts.get(found.token.id) ?? 0) + 1);
    }
    return { changed, left, failures, next: at.next };
  }

  /**
   * Rows that name the token, whole but for their bytes, from a place on; at most those of one step. Partitions are read by their own names, which a request
   * may not: its tenant stands in the statement alone.
   */
  read(token: Pick<ErasedToken, 'tenant' | 'idToken'>, place: Place | null): Promise<ReadStep> {
    return runForAllTenants(() => this.readStep(token, place));
  }

  private async readStep(token: Pick<ErasedToken, 'tenant' | 'idToken'>, place: Place | null): Promise<ReadStep> {
    const manager = this.dataSource.manager;
    const at = await this.relationFrom(manager, place, () => true);
    if (at === null) return { rows: [], next: null };
    const sought = { ...token, id: '', pseudonym: '' };
    const found = (await candidates(manager, at, [sought], { lock: false })).filter(({ values }) =>
      values.some((value, nth) => value !== null && withoutTokens(value, at.columns[nth]?.name ?? '', [sought]) !== value),
    );
    const rows: { row: object }[] = await manager.query(
      `SELECT to_jsonb(t) - ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = $1::regclass AND atttypid = 'bytea'::regtype) AS row
       FROM ${at.relation} t WHERE ctid = ANY($2::tid[]) ORDER BY ctid`,
      [at.relation, found.map(({ ctid }) => ctid)],
    );
    return { rows: rows.map(({ row }) => ({ table: at.table, row })), next: at.next };
  }

  /** The relation in which to go on, and where after this step; null: there is none any more. */
  private async relationFrom(manager: EntityManager, place: Place | null, wanted: (trace: TokenTrace) => boolean): Promise<At | null> {
    for (let nth = place?.trace ?? 0; nth < this.traces.length; nth++) {
      const declared = this.traces[nth];
      if (declared === undefined || !wanted(declared.trace)) continue;
      const after = nth === place?.trace ? place : null;
      const relations = await relationsOf(manager, `${this.declared.schema}.${declared.table}`);
      for (const { relation, pages } of relations.filter((one) => after === null || one.relation >= after.relation)) {
        const page = relation === after?.relation ? after.page : 0;
        if (page >= pages) continue;
        const columns = await columnsOf(manager, relation, declared.trace.columns);
        return { ...declared, columns, relation, page, next: { trace: nth, relation, page: page + PAGES } };
      }
    }
    return null;
  }
}

interface At extends Declared {
  columns: readonly Column[];
  relation: string;
  page: number;
  next: Place;
}

/** A table, or its partitions, in the order of their names, with their pages. */
function relationsOf(manager: EntityManager, table: string): Promise<{ relation: string; pages: number }[]> {
  return manager.query(
    `SELECT relid::regclass::text AS relation, (pg_relation_size(relid) / current_setting('block_size')::integer)::integer AS pages
     FROM (SELECT relid FROM pg_partition_tree($1::regclass) WHERE isleaf
       UNION SELECT oid FROM pg_class WHERE oid = $1::regclass AND relkind = 'r') AS leaves ORDER BY 1`,
    [table],
  );
}

async function columnsOf(manager: EntityManager, relation: string, names: readonly string[]): Promise<Column[]> {
  const rows: Column[] = await manager.query(
    `SELECT attname::text AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = $1::regclass AND attname = ANY($2::text[]) ORDER BY array_position($2::text[], attname::text)`,
    [relation, names],
  );
  if (rows.length < names.length) throw new Error(`${relation} has not all of the columns ${names.join(', ')}`);
  return rows;
}

/** Rows in which one of the ids stands somehow; whether it stands there as the id of a token is decided by `withoutTokens`. */
async function candidates(
  manager: EntityManager,
  { relation, columns, trace, page }: At,
  tokens: readonly ErasedToken[],
  { lock }: { lock: boolean },
): Promise<Candidate[]> {
  const pattern = tokens.map(({ idToken }) => soughtFor(idToken)).join('|');
  const asText = columns.map(({ name, type }) => (type === 'bytea' ? `encode("${name}", 'escape')` : `"${name}"::text`));
  const { notYet = 'false', when = 'true' } = trace.how === 'pseudonymised' ? trace : {};
  return manager.query(
    `SELECT ctid::text AS ctid, tenant, (${notYet}) AS "notYet", (${when}) AS "isDue", ARRAY[${asText.join(', ')}] AS values FROM ${relation}
     WHERE ctid >= $1::tid AND ctid < $2::tid AND tenant = ANY($3::text[]) AND (${asText.map((text) => `${text} ~* $4`).join(' OR ')})
     ${lock ? 'FOR UPDATE' : ''}`,
    [`(${page},0)`, `(${page + PAGES},0)`, [...new Set(tokens.map(({ tenant }) => tenant))], pattern],
  );
}

/** The token that a row names, of several the first, and the row without all of them; null: it names none. */
function tokenIn(
  { columns }: At,
  row: Candidate,
  tokens: readonly ErasedToken[],
): { token: ErasedToken; values: (string | null)[] } | null {
  const mine = tokens.filter(({ tenant, isLast }) => tenant === row.tenant && (row.isDue || isLast === true));
  const without = (some: readonly ErasedToken[]) =>
    row.values.map((value, nth) => (value === null ? null : withoutTokens(value, columns[nth]?.name ?? '', some)));
  const differs = (after: readonly (string | null)[]) => after.some((value, nth) => value !== row.values[nth]);
  const values = without(mine);
  const token = differs(values) ? mine.find((one) => differs(without([one]))) : undefined;
  return token === undefined ? null : { token, values };
}

/** Null: the row has been changed. */
async function written(
  manager: EntityManager,
  { relation, trace, columns }: At,
  { ctid }: Candidate,
  values: readonly (string | null)[],
): Promise<RowFailure | null> {
  try {
    await manager.transaction((savepoint) => write(savepoint, { relation, trace, columns, ctid, values }));
    return null;
  } catch (error) {
    return { relation, ctid, error };
  }
}

interface Written {
  relation: string;
  trace: TokenTrace;
  columns: readonly Column[];
  ctid: string;
  values: readonly (string | null)[];
}

async function write(manager: EntityManager, { relation, trace, columns, ctid, values }: Written): Promise<void> {
  if (trace.how === 'removed') {
    await manager.query(`DELETE FROM ${relation} WHERE ctid = $1::tid`, [ctid]);
    return;
  }
  const set = columns.map(({ name, type }, nth) => `"${name}" = $${nth + 2}::text::${type}`).join(', ');
  await manager.query(`UPDATE ${relation} SET ${set} WHERE ctid = $1::tid`, [ctid, ...values]);
}

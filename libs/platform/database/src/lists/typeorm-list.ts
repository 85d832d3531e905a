import { CsmsError } from '@voltbus/contracts';
import { isDataError } from '../connection/transient';
import type { Database } from '../connection/typeorm-database';
import { among, type Bind } from './conditions';
import { runForTenant, tenantInForce } from '../tenancy/tenant-scope';
import { stationsInReach } from './station-scope';
import type { ListOrder, ListRows, ListSlice, ListSource, ListTotal, Position } from './list-slice';

/** An expression by which rows are ordered. It is never null: where a column may be, the expression says where null goes. */
interface SortKey {
  sql: string;
  /** The type that its text is read as. */
  type: 'bigint' | 'boolean' | 'integer' | 'text' | 'timestamptz' | 'uuid';
}

/** How a list is read from its tables. Only `Bind` brings values into a statement. */
export interface ListDefinition<F, S extends string> {
  columns: string;
  /** The tables; some lists read others for some filters. */
  from: string | ((filters: F, bind: Bind) => string);
  /** The column of what the list belongs to: mostly its tenant. Null: it has all rows. */
  owner: string | null;
  /** The column of the station that a row is of. A caller that is limited to some stations may not read a list without one. */
  station?: string;
  /** The condition of each filter. */
  filters: { [K in keyof Required<F>]: (value: NonNullable<F[K]>, bind: Bind) => string };
  sorts: Readonly<Record<S, readonly SortKey[]>>;
  /** Together unique within the owner. */
  id: readonly SortKey[];
}

/** A row and where it stands in the order of its list. */
interface PlacedRow<Row> {
  row: Row;
  position: Position;
}

/** Reads a list by keyset: a page costs the same wherever it stands, and a row that is added meanwhile moves no other one to another page. */
export class TypeormList<Row extends object, F extends object, S extends string> {
  constructor(
    private readonly database: Database,
    private readonly definition: ListDefinition<F, S>,
  ) {}

  /** The list of one owner; null where the list has none. */
  of(owner: string | null): ListSource<Row, F, S> {
    // an export is read when its request has long been answered
    const [stations, tenant] = [stationsInReach(), tenantInForce()];
    const limited = <T>(read: () => T): T => (tenant === null ? read() : runForTenant(tenant, read));
    return {
      read: (slice) => limited(() => this.read(owner, slice, stations)),
      count: (filters, most) => limited(() => this.count(owner, filters, most, stations)),
    };
  }

  async read(owner: string | null, { filters, sort, limit, after }: ListSlice<F, S>, stations = stationsInReach()): Promise<ListRows<Row>> {
    const rows = await this.rows(owner, { filters, sort, limit: limit + 1, after }, stations);
    const shown = rows.slice(0, limit);
    const next = rows.length > limit ? (shown.at(-1)?.position ?? null) : null;
    return { items: shown.map(({ row }) => row), next };
  }

  /** The rows of a slice, each with its position. */
  async rows(
    owner: string | null,
    { filters, sort, limit, after }: ListSlice<F, S>,
    stations = stationsInReach(),
  ): Promise<PlacedRow<Row>[]> {
    const { values, bind } = parameters();
    const keys = this.keysOf(sort);
    if (after !== null && after.length !== keys.length) throw noPosition();
    const where = [...this.where(owner, filters, bind), ...this.ofStations(stations, bind)];
    const behind = after === null ? [] : [behindPosition(keys, sort, after, bind)];
    const direction = sort.descending ? 'DESC' : 'ASC';
    const statement = `SELECT ${this.definition.columns}, ARRAY[${keys.map(({ sql }) => `(${sql})::text`).join(', ')}] AS list_position
      FROM ${this.tables(filters, bind)} WHERE ${[...where, ...behind].join(' AND ')}
      ORDER BY ${keys.map((key) => `${expressionOf(key)} ${direction}`).join(', ')} LIMIT ${bind(limit)}`;
    try {
      const rows: (Row & { list_position: Position })[] = await this.database.query(statement, values);
      return rows.map(({ list_position: position, ...row }) => ({ row: row as unknown as Row, position })); // what is left is the row
    } catch (error) {
      // the seal of some cursors is public (ADR 66): their positions may hold anything
      throw after !== null && isDataError(error) ? noPosition(error) : error;
    }
  }

  async count(owner: string | null, filters: F, most: number, stations = stationsInReach()): Promise<ListTotal> {
    const { values, bind } = parameters();
    const where = [...this.where(owner, filters, bind), ...this.ofStations(stations, bind)];
    const matching = `SELECT FROM ${this.tables(filters, bind)} WHERE ${where.join(' AND ')} LIMIT ${bind(most + 1)}`;
    const [row]: { total: number }[] = await this.database.query(
      `SELECT count(*)::integer AS total FROM (${matching}) AS matching`,
      values,
    );
    const counted = row?.total ?? 0;
    return { total: Math.min(counted, most), totalIsLowerBound: counted > most };
  }

  private tables(filters: F, bind: Bind): string {
    const { from } = this.definition;
    return typeof from === 'string' ? from : from(filters, bind);
  }

  private where(owner: string | null, filters: F, bind: Bind): string[] {
    const conditions = Object.entries(this.definition.filters).flatMap(([name, condition]) => {
      const value = filters[name as keyof F]; // the names of the definition are those of F
      return value === undefined ? [] : [(condition as (value: unknown, bind: Bind) => string)(value, bind)];
    });
    const { owner: column } = this.definition;
    const owned = column === null ? 'true' : `${column} = ${bind(owner)}`;
    return [owned, ...conditions.filter((condition) => condition !== '')];
  }

  private ofStations(stations: readonly string[] | null, bind: Bind): string[] {
    if (stations === null) return [];
    const { station, columns } = this.definition;
    if (station === undefined) throw new Error(`a list without stations was read for some stations only: ${columns}`);
    return [among(station)(stations, bind)];
  }

  private keysOf({ by }: ListOrder<S>): readonly SortKey[] {
    return [...this.definition.sorts[by], ...this.definition.id];
  }
}

function noPosition(cause?: unknown): CsmsError {
  const message = 'holds no position of this list: begin again without one';
  return new CsmsError('invalid-cursor', `/cursor: ${message}`, { errors: [{ in: 'query', path: '/cursor', message }] }, { cause });
}

/** One comparison of rows, which an index in this order answers. */
function behindPosition(keys: readonly SortKey[], { descending }: ListOrder<string>, after: Position, bind: Bind): string {
  const values = keys.map(({ type }, at) => `${bind(after[at] ?? null)}::${type}`);
  return `(${keys.map(expressionOf).join(', ')}) ${descending ? '<' : '>'} (${values.join(', ')})`;
}

/** A text is ordered by its bytes, so that the order is the same on every server. */
function expressionOf({ sql, type }: SortKey): string {
  return type === 'text' ? `${sql} COLLATE "C"` : sql;
}

function parameters(): { values: unknown[]; bind: Bind } {
  const values: unknown[] = [];
  return { values, bind: (value) => `$${values.push(value)}` };
}

import { among, before, notBefore, type Bind, type ListDefinition } from '@voltbus/database';
import { NO_EVSE } from './typeorm-reading-rows';
import { scopeAt, scopeValues, type ReadingScope } from './typeorm-reading-scope';

export interface ReadingFilters {
  /** Whose readings. */
  scope: ReadingScope;
  context?: string[] | undefined;
  /** Inclusive. */
  from?: string | undefined;
  /** Exclusive. */
  to?: string | undefined;
}
export type ReadingSort = 'at';

export interface ReadingRow {
  at: Date;
  context: string;
  evse: number;
  energy_wh: number | null;
  power_w: number | null;
  voltages: (number | null)[] | null;
  currents: (number | null)[] | null;
  soc: number | null;
  rest: unknown;
  signed: unknown;
  raw_time: string | null;
}

/** `GET /v1/transactions/{id}/meter-values`. */
export const READING_LIST: ListDefinition<ReadingFilters, ReadingSort> = {
  columns: 'at, context, evse, energy_wh, power_w, voltages, currents, soc, rest, signed, raw_time',
  from: readingsOf,
  owner: null,
  station: 'station',
  id: [
    { sql: 'at', type: 'timestamptz' },
    { sql: 'context', type: 'text' },
    { sql: 'evse', type: 'integer' },
  ],
  sorts: { at: [] },
  filters: { scope: () => '', context: among('context'), from: notBefore('at'), to: before('at') },
};

/** Readings that name no EVSE are shown with that of their transaction. */
function readingsOf({ scope }: ReadingFilters, bind: Bind): string {
  const [tenant, station, references, evse, from, to] = scopeValues(scope);
  const evsePlace = `${bind(evse)}::integer`;
  const times = [`${bind(from)}::timestamptz`, `${bind(to)}::timestamptz`] as const;
  const rows = scopeAt([`${bind(tenant)}::text`, `${bind(station)}::text`, `${bind(references)}::text[]`, evsePlace, ...times]);
  return `(
    SELECT station, at, context, CASE evse WHEN ${NO_EVSE} THEN coalesce(${evsePlace}, ${NO_EVSE}) ELSE evse END AS evse, energy_wh, power_w, voltages, currents, soc,
      rest, signed, raw_time
    FROM ${rows}) AS readings`;
}

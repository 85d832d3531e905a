import { TypeormList, filteredBy, prepared, shownAs, type ListSource, type Statement } from '@voltbus/database';
import type { StationAllowance } from '@voltbus/service';
import type { DataSource, EntityManager } from 'typeorm';
import { readPointsOf, type PointRow, type ReadPoint } from '../domain/read-point';
import { READING_LIST, type ReadingFilters, type ReadingRow, type ReadingSort } from './typeorm-reading-list';
import { SCOPE_TYPES, scopeAt, scopeValues, type ReadingScope } from './typeorm-reading-scope';
import { NO_EVSE, writeReadings, type StationReading } from './typeorm-reading-rows';
import { signedQuery } from './typeorm-signed-readings';

export type { ReadingScope } from './typeorm-reading-scope';
export type { StationReading } from './typeorm-reading-rows';

type ShownFilters = Omit<ReadingFilters, 'scope'>;

/** A reading as the API shows it. */
export interface MeterValue {
  at: string;
  context: string;
  evse: number | null;
  energyWh: number | null;
  powerW: number | null;
  voltages: (number | null)[];
  currents: (number | null)[];
  soc: number | null;
  other: unknown;
  signedData: unknown;
  /** As the station wrote the time, when it could not be believed. */
  rawTime: string | null;
}

/** Registers read back for one transaction at most: longer ones are thinned evenly, first and last kept. */
const MAX_POINTS = 20_000;

const SCOPE = scopeAt(['$1', '$2', '$3', '$4', '$5', '$6']);

/** Intervals are added up, and none of them may be left out. */
const POINTS: Statement = {
  name: 'readings-points',
  merge: SCOPE_TYPES,
  text: `
SELECT * FROM (
  SELECT at, context, seq_no, energy_wh, registers, interval_wh, power_w, CASE WHEN power_w IS NULL THEN currents END AS currents,
    CASE WHEN power_w IS NULL THEN voltages END AS voltages, read_by, row_number() OVER (ORDER BY at, rank, seq_no, energy_wh) AS nth, count(*) OVER () AS total
  FROM (SELECT *, CASE context WHEN 'Transaction.Begin' THEN 0 WHEN 'Transaction.End' THEN 2 ELSE 1 END AS rank
        FROM ${SCOPE} WHERE energy_wh IS NOT NULL OR power_w IS NOT NULL OR interval_wh IS NOT NULL OR currents IS NOT NULL) AS ranked
) AS numbered
WHERE total <= ${MAX_POINTS} OR nth = total OR nth % (total / ${MAX_POINTS} + 1) = 1 OR context IN ('Transaction.Begin', 'Transaction.End')
  OR (energy_wh IS NULL AND interval_wh IS NOT NULL)
ORDER BY nth`,
};

/**
 * Values of standard measurands that were kept as text: no number, or an impossible one. Measurands of vendors may be
 * texts.
 */
const UNREADABLE: Statement = {
  name: 'readings-unreadable',
  merge: SCOPE_TYPES,
  text: `
SELECT 1 FROM ${SCOPE}, jsonb_each(rest) AS one
WHERE rest IS NOT NULL AND jsonb_typeof(one.value -> 'value') = 'string' AND one.key ~ '^(Energy|Power|Current|Voltage|SoC)[.|]' LIMIT 1`,
};

const SIGNED: Statement = { name: 'readings-signed', merge: SCOPE_TYPES, text: signedQuery(SCOPE) };

/** Readings: written many at a time, each instant and context once, whatever parts it comes in. */
export class TypeormReadings {
  private readonly listed: TypeormList<ReadingRow, ReadingFilters, ReadingSort>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly allowance: Pick<StationAllowance, 'within'>,
  ) {
    this.listed = new TypeormList(dataSource, READING_LIST);
  }

  /** One statement for all of them. */
  async writeMany(readings: readonly StationReading[]): Promise<void> {
    await this.dataSource.transaction((manager) => this.write(manager, readings));
  }

  /** Writes the readings, of each station as many as its allowance permits. */
  async write(manager: EntityManager, readings: readonly StationReading[]): Promise<void> {
    await writeReadings(manager, this.allowance.within(readings, bytesBeside));
  }

  async points(manager: EntityManager, scope: ReadingScope): Promise<ReadPoint[]> {
    return (await prepared<PointRow>(manager, POINTS, [...scopeValues(scope)])).flatMap(readPointsOf);
  }

  signed(manager: EntityManager, scope: ReadingScope): Promise<{ context: string; signed: Record<string, unknown> }[]> {
    return prepared(manager, SIGNED, [...scopeValues(scope)]);
  }

  async hasUnreadable(manager: EntityManager, scope: ReadingScope): Promise<boolean> {
    return (await prepared(manager, UNREADABLE, [...scopeValues(scope)])).length > 0;
  }

  list(scope: ReadingScope): ListSource<MeterValue, ShownFilters, ReadingSort> {
    const readings = shownAs(this.listed.of(null), (rows) => rows.map(toMeterValue));
    return filteredBy(readings, { scope });
  }

  /** The first and the last register of each transaction, Wh; null where nothing was read. */
  async registers(scopes: readonly ReadingScope[]): Promise<({ firstWh: number; lastWh: number } | null)[]> {
    const rows: { first: number | null; last: number | null }[] = await this.dataSource.query(
      `SELECT ${registerAt('ASC')} AS first, ${registerAt('DESC')} AS last
       FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) WITH ORDINALITY AS s(tenant, station, reference, start, nth) ORDER BY nth`,
      [
        scopes.map(({ tenant }) => tenant),
        scopes.map(({ station }) => station),
        scopes.map(({ references }) => references[0]),
        scopes.map(({ from }) => from),
      ],
    );
    return rows.map(({ first, last }) => (first === null || last === null ? null : { firstWh: first, lastWh: last }));
  }
}

/** By the index of one transaction's readings; `start` keeps it to the partitions of its days. */
function registerAt(order: 'ASC' | 'DESC'): string {
  return `(SELECT energy_wh FROM transactions.readings r
    WHERE r.tenant = s.tenant AND r.station = s.station AND r.transaction = s.reference AND r.at >= s.start AND r.energy_wh IS NOT NULL ORDER BY r.at ${order} LIMIT 1)`;
}

function toMeterValue(row: ReadingRow): MeterValue {
  return {
    at: row.at.toISOString(),
    context: row.context,
    evse: row.evse === NO_EVSE ? null : row.evse,
    energyWh: row.energy_wh,
    powerW: row.power_w,
    voltages: row.voltages ?? [],
    currents: row.currents ?? [],
    soc: row.soc,
    other: row.rest ?? {},
    signedData: row.signed ?? {},
    rawTime: row.raw_time,
  };
}

/** Of what has no column of its own. */
function bytesBeside({ rest, signed }: StationReading): number {
  return JSON.stringify([rest, signed]).length;
}

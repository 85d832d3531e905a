import type { StationRef } from '@voltbus/contracts';
import type { StationAllowance } from '@voltbus/station-link';
import type { DataSource, EntityManager } from 'typeorm';
import { mergeReadings, readingKey, type Reading } from '../domain/reading';
import type { ReadPoint } from '../domain/energy';
import { prepared, type Statement } from './typeorm-prepared';
import { signedQuery } from './typeorm-signed-readings';

/** A reading of one station. */
export interface StationReading extends Reading {
  ref: StationRef;
}

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

/** Which readings are a transaction's. */
export interface ReadingScope extends StationRef {
  /** The transaction's reference, and its OCPP id where that is another. */
  references: readonly string[];
  /** Readings that name no transaction are its own on its EVSE between these instants (quirk 45). */
  evse: number | null;
  from: Date;
  to: Date | null;
}

/** Registers read back for one transaction at most: longer ones are thinned evenly, first and last kept. */
export const MAX_POINTS = 20_000;
const NO_EVSE = -1;
/** A reading that has grown so far takes no further parts: each one is read and written whole. One frame brings at most as much again. */
const MAX_GROWN_BYTES = 1_048_576;

const WRITE: Statement = {
  name: 'readings-write',
  text: `
INSERT INTO transactions.readings AS known
  (tenant, station, evse, transaction, at, context, energy_wh, power_w, voltages, currents, soc, rest, signed, raw_time)
SELECT tenant, station, evse, transaction, at, context, energy_wh, power_w, voltages, currents, soc, rest, signed, raw_time
FROM json_to_recordset($1::json) AS said(
  tenant text, station text, evse integer, transaction text, at timestamptz, context text, energy_wh double precision, power_w double precision,
  voltages double precision[], currents double precision[], soc double precision, rest jsonb, signed jsonb, raw_time text)
ON CONFLICT (tenant, station, transaction, at, context, evse) DO UPDATE SET
  energy_wh = coalesce(excluded.energy_wh, known.energy_wh),
  power_w = coalesce(excluded.power_w, known.power_w),
  voltages = coalesce(excluded.voltages, known.voltages),
  currents = coalesce(excluded.currents, known.currents),
  soc = coalesce(excluded.soc, known.soc),
  rest = CASE WHEN octet_length(known.rest::text) > ${MAX_GROWN_BYTES} THEN known.rest ELSE coalesce(known.rest || excluded.rest, excluded.rest, known.rest) END,
  signed = CASE WHEN octet_length(known.signed::text) > ${MAX_GROWN_BYTES} THEN known.signed ELSE coalesce(known.signed || excluded.signed, excluded.signed, known.signed) END,
  raw_time = coalesce(known.raw_time, excluded.raw_time)`,
};

/**
 * $1 tenant, $2 station, $3 references, $4 evse or null, $5 from, $6 to or null. Two arms, so that each goes by the index; both bounded in time, so that
 * only the partitions of the transaction's days are touched. A station that keeps naming a transaction long after its end (quirk 81) is not heard.
 */
const SCOPE = `(
  SELECT * FROM transactions.readings WHERE tenant = $1 AND station = $2 AND transaction = ANY($3)
    AND at BETWEEN $5::timestamptz - interval '1 day' AND coalesce($6, 'infinity'::timestamptz) + interval '1 day'
  UNION ALL
  SELECT * FROM transactions.readings WHERE tenant = $1 AND station = $2 AND transaction = '' AND evse = $4
    AND at BETWEEN $5 AND coalesce($6, 'infinity'::timestamptz) AND '' <> ALL($3)
) AS scope`;

const POINTS: Statement = {
  name: 'readings-points',
  text: `
SELECT at, energy_wh AS wh, context, power_w FROM (
  SELECT at, energy_wh, context, power_w, row_number() OVER (ORDER BY at, rank, energy_wh) AS nth, count(*) OVER () AS total
  FROM (SELECT at, energy_wh, context, power_w, CASE context WHEN 'Transaction.Begin' THEN 0 WHEN 'Transaction.End' THEN 2 ELSE 1 END AS rank
        FROM ${SCOPE} WHERE energy_wh IS NOT NULL) AS ranked
) AS numbered
WHERE total <= ${MAX_POINTS} OR nth = total OR nth % (total / ${MAX_POINTS} + 1) = 1 OR context IN ('Transaction.Begin', 'Transaction.End')
ORDER BY nth`,
};

/** Values of what is measured that were kept as text: no number, or none that can be. What vendors invent may be words. */
const UNREADABLE: Statement = {
  name: 'readings-unreadable',
  text: `
SELECT 1 FROM ${SCOPE}, jsonb_each(rest) AS one
WHERE rest IS NOT NULL AND jsonb_typeof(one.value -> 'value') = 'string' AND one.key ~ '^(Energy|Power|Current|Voltage|SoC)[.|]' LIMIT 1`,
};

/** Readings: written many at a time, each instant and context once, whatever parts it comes in. */
export class TypeormReadings {
  constructor(
    private readonly dataSource: DataSource,
    private readonly allowance: Pick<StationAllowance, 'within'>,
  ) {}

  /** One statement for all of them. */
  async writeMany(readings: readonly StationReading[]): Promise<void> {
    await this.dataSource.transaction((manager) => this.write(manager, readings));
  }

  /** As many of a station as it may have kept. */
  async write(manager: EntityManager, said: readonly StationReading[]): Promise<void> {
    const readings = this.allowance.within(said);
    if (readings.length === 0) return;
    await prepared(manager, WRITE, [JSON.stringify(merged(readings).map(toRow))]);
  }

  async points(manager: EntityManager, scope: ReadingScope): Promise<ReadPoint[]> {
    const rows = await prepared<{ at: Date; wh: number; context: string; power_w: number | null }>(manager, POINTS, scopeValues(scope));
    return rows.map(({ at, wh, context, power_w: powerW }) => ({ at: at.getTime(), wh, context, powerW }));
  }

  signed(manager: EntityManager, scope: ReadingScope): Promise<{ context: string; signed: Record<string, unknown> }[]> {
    return manager.query(signedQuery(SCOPE), scopeValues(scope));
  }

  async hasUnreadable(manager: EntityManager, scope: ReadingScope): Promise<boolean> {
    return (await prepared(manager, UNREADABLE, scopeValues(scope))).length > 0;
  }

  /** A page in order of time; `after` is where the one before ended. */
  async page(
    scope: ReadingScope,
    { limit, after }: { limit: number; after: readonly [string, string, number] | null },
  ): Promise<MeterValue[]> {
    const rows: ReadingRow[] = await this.dataSource.query(
      `SELECT at, context, evse, energy_wh, power_w, voltages, currents, soc, rest, signed, raw_time FROM ${SCOPE}
       WHERE ($7::timestamptz IS NULL OR (at, context, evse) > ($7, $8::text, $9::integer)) ORDER BY at, context, evse LIMIT $10`,
      [...scopeValues(scope), after?.[0] ?? null, after?.[1] ?? null, after?.[2] ?? null, limit],
    );
    return rows.map(toMeterValue);
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

interface ReadingRow {
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

/** One statement may touch a row once: parts of one reading in one batch are put together first. */
function merged(readings: readonly StationReading[]): StationReading[] {
  const byKey = new Map<string, StationReading>();
  for (const reading of readings) {
    const key = JSON.stringify([reading.ref.tenant, reading.ref.station, readingKey(reading)]);
    const earlier = byKey.get(key);
    byKey.set(key, earlier === undefined ? reading : { ...mergeReadings(earlier, reading), ref: reading.ref });
  }
  return [...byKey.values()];
}

function toRow({ ref, evse, transaction, time, context, energyWh, powerW, voltages, currents, soc, rest, signed }: StationReading): object {
  const filled = <T extends object>(value: T): T | null => (Object.keys(value).length > 0 ? value : null);
  return {
    tenant: ref.tenant,
    station: ref.station,
    evse: evse ?? NO_EVSE,
    transaction,
    at: new Date(time.at),
    context,
    energy_wh: energyWh,
    power_w: powerW,
    voltages: filled(voltages),
    currents: filled(currents),
    soc,
    rest: filled(rest),
    signed: filled(signed),
    raw_time: time.raw,
  };
}

function scopeValues({ tenant, station, references, evse, from, to }: ReadingScope): unknown[] {
  return [tenant, station, references, evse, from, to];
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

import type { StationRef } from '@voltbus/contracts';
import { preparedAlone, type Statement } from '@voltbus/database';
import type { DataSource } from 'typeorm';
import { transactionId } from '../domain/transaction-id';
import type { StationReading } from './typeorm-readings';

/**
 * SQL: the session at the EVSE of `reading` that had begun last by its time, by the index of its station's sessions.
 */
const SESSION_OF_ITS_TIME = `LATERAL (
  SELECT t.id, t.ended_at, greatest(t.ended_at, to_timestamp((t.state #>> '{end,before}')::double precision / 1000)) AS over_by
  FROM transactions.transactions t
  WHERE t.tenant = reading.tenant AND t.station = reading.station AND t.started_at <= reading.at AND t.evse = reading.evse
  ORDER BY t.started_at DESC, t.id DESC LIMIT 1
) AS session`;

/** The known ones are left out first: of nearly all readings nothing else is looked up. */
const UNKNOWN_IN_A_SESSION: Statement = {
  name: 'readings-unknown-in-a-session',
  text: `
WITH reading AS MATERIALIZED (
  SELECT * FROM unnest($1::text[], $2::text[], $3::integer[], $4::timestamptz[], $5::uuid[]) WITH ORDINALITY AS given(tenant, station, evse, at, id, nth)
  WHERE NOT EXISTS (SELECT 1 FROM transactions.transactions known WHERE known.tenant = given.tenant AND known.id = given.id))
SELECT nth FROM reading, ${SESSION_OF_ITS_TIME} WHERE coalesce(session.ended_at, 'infinity') >= reading.at`,
};

/**
 * Finds the sessions of readings that name no transaction, or an unknown one, by EVSE and time (quirks 4 and 45).
 */
export class TypeormUnnamedReadings {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Clears the transaction of readings that name an unknown one while their EVSE had a session, so that they are found
   * like unnamed readings.
   */
  async withoutUnknownNames(readings: readonly StationReading[]): Promise<StationReading[]> {
    const named = readings.filter(({ transaction, evse }) => transaction !== '' && evse !== null);
    if (named.length === 0) return [...readings];
    const ids = named.map(({ ref, transaction }) => transactionId(ref, transaction));
    const rows = await preparedAlone<{ nth: string }>(this.dataSource, UNKNOWN_IN_A_SESSION, [...columns(named), ids]);
    const unknown = new Set(rows.map(({ nth }) => named[Number(nth) - 1]));
    return readings.map((reading) => (unknown.has(reading) ? { ...reading, transaction: '' } : reading));
  }

  /** Ended sessions of which readings arrived by EVSE and time. `lastAt`: the latest of the readings. */
  async endedAround(readings: readonly StationReading[]): Promise<{ ref: StationRef; id: string; lastAt: number }[]> {
    const nameless = readings.filter(({ transaction, evse }) => transaction === '' && evse !== null);
    if (nameless.length === 0) return [];
    const rows: { tenant: string; station: string; id: string; last_at: Date }[] = await this.dataSource.query(
      `SELECT reading.tenant, reading.station, session.id, max(reading.at) AS last_at
       FROM unnest($1::text[], $2::text[], $3::integer[], $4::timestamptz[]) AS reading(tenant, station, evse, at), ${SESSION_OF_ITS_TIME}
       WHERE session.over_by >= reading.at GROUP BY reading.tenant, reading.station, session.id`,
      columns(nameless),
    );
    return rows.map(({ tenant, station, id, last_at }) => ({ ref: { tenant, station }, id, lastAt: last_at.getTime() }));
  }
}

function columns(readings: readonly StationReading[]): unknown[] {
  return [
    readings.map(({ ref }) => ref.tenant),
    readings.map(({ ref }) => ref.station),
    readings.map(({ evse }) => evse),
    readings.map(({ time }) => new Date(time.at)),
  ];
}

import type { StationRef } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';
import { transactionId } from '../domain/transaction-id';
import type { StationReading } from './typeorm-readings';

/**
 * The session of an EVSE that had begun last by the time of a reading, by the index of its station's sessions; `said`
 * is the reading.
 */
const SESSION_OF_ITS_TIME = `LATERAL (
  SELECT t.id, t.ended_at, greatest(t.ended_at, to_timestamp((t.state #>> '{end,before}')::double precision / 1000)) AS over_by
  FROM transactions.transactions t
  WHERE t.tenant = said.tenant AND t.station = said.station AND t.started_at <= said.at AND t.evse = said.evse
  ORDER BY t.started_at DESC, t.id DESC LIMIT 1
) AS session`;

/**
 * Readings of no transaction, or of one that its station was never given, and the sessions that they were taken in
 * (quirks 4 and 45).
 */
export class TypeormUnnamedReadings {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * The readings; without a name where that is no transaction's and its EVSE had a session then, so that it is found as
   * those are that name none.
   */
  async withoutUnknownNames(readings: readonly StationReading[]): Promise<StationReading[]> {
    const named = readings.filter(({ transaction, evse }) => transaction !== '' && evse !== null);
    if (named.length === 0) return [...readings];
    const rows: { nth: string }[] = await this.dataSource.query(
      `SELECT nth FROM unnest($1::text[], $2::text[], $3::integer[], $4::timestamptz[], $5::uuid[])
         WITH ORDINALITY AS said(tenant, station, evse, at, id, nth), ${SESSION_OF_ITS_TIME}
       WHERE coalesce(session.ended_at, 'infinity') >= said.at
         AND NOT EXISTS (SELECT 1 FROM transactions.transactions known WHERE known.tenant = said.tenant AND known.id = said.id)`,
      [...columns(named), named.map(({ ref, transaction }) => transactionId(ref, transaction))],
    );
    const unknown = new Set(rows.map(({ nth }) => named[Number(nth) - 1]));
    return readings.map((reading) => (unknown.has(reading) ? { ...reading, transaction: '' } : reading));
  }

  /** Sessions that had ended when readings of their EVSE and time came. `lastAt`: the latest of them. */
  async endedAround(readings: readonly StationReading[]): Promise<{ ref: StationRef; id: string; lastAt: number }[]> {
    const nameless = readings.filter(({ transaction, evse }) => transaction === '' && evse !== null);
    if (nameless.length === 0) return [];
    const rows: { tenant: string; station: string; id: string; last_at: Date }[] = await this.dataSource.query(
      `SELECT said.tenant, said.station, session.id, max(said.at) AS last_at
       FROM unnest($1::text[], $2::text[], $3::integer[], $4::timestamptz[]) AS said(tenant, station, evse, at), ${SESSION_OF_ITS_TIME}
       WHERE session.over_by >= said.at GROUP BY said.tenant, said.station, session.id`,
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

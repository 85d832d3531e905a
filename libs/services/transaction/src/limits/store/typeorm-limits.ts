import type { StationRef } from '@voltbus/contracts';
import { prepared, type Statement } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { tighter, type Limit } from '../domain/limit';

const SET: Statement = {
  name: 'limit-set',
  text: `INSERT INTO transactions.limits (tenant, transaction, session_limit, told) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, transaction) DO UPDATE SET session_limit = excluded.session_limit`,
};
const KNOWN: Statement = {
  name: 'limit-known',
  text: 'SELECT session_limit FROM transactions.limits WHERE tenant = $1 AND transaction = $2',
};
/** The latest limit by the station's count, in the members of `Limit`. */
const STATIONS: Statement = {
  name: 'limit-of-station',
  text: `
SELECT jsonb_strip_nulls(jsonb_build_object('maxEnergyWh', reported -> 'maxEnergy', 'maxSeconds', reported -> 'maxTime', 'maxCost', reported ->> 'maxCost')) AS reported
FROM (SELECT payload #> '{transactionInfo,transactionLimit}' AS reported, seq_no, at FROM transactions.events
  WHERE tenant = $1 AND station = $2 AND transaction = $3 AND payload -> 'transactionInfo' ? 'transactionLimit') AS own
ORDER BY seq_no DESC, at DESC LIMIT 1`,
};

/** Stores the limits of single sessions. */
export class TypeormLimits {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Keeps the tighter of this limit and the known one, in the database transaction of its station. Returns the known
   * one; null: none.
   */
  async set(manager: EntityManager, tenant: string, transaction: string, limit: Limit, sentToStation: boolean): Promise<Limit | null> {
    const [row] = await prepared<{ session_limit: Limit }>(manager, KNOWN, [tenant, transaction]);
    const known = row?.session_limit ?? null;
    await prepared(manager, SET, [tenant, transaction, JSON.stringify(tighter(known, limit)), sentToStation]);
    return known;
  }

  /** The limits that a station of 2.1 last reported itself (E16.FR.08); null: none. */
  async stationLimit(manager: EntityManager, { tenant, station }: StationRef, reference: string): Promise<Limit | null> {
    const [row] = await prepared<{ reported: Limit }>(manager, STATIONS, [tenant, station, reference]);
    return row?.reported ?? null;
  }

  async find(tenant: string, transaction: string): Promise<Limit | null> {
    const rows: { session_limit: Limit }[] = await this.dataSource.query(
      'SELECT session_limit FROM transactions.limits WHERE tenant = $1 AND transaction = $2',
      [tenant, transaction],
    );
    return rows[0]?.session_limit ?? null;
  }
}

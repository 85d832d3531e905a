import type { Protocol, StationRef, Transaction } from '@voltbus/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { beside, tighter, type Limit, type LimitKind } from '../domain/limit';
import { prepared, type Statement } from '../../store/typeorm-prepared';

const SET: Statement = {
  name: 'limit-set',
  text: `INSERT INTO transactions.limits (tenant, transaction, session_limit, told) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, transaction) DO UPDATE SET session_limit = excluded.session_limit`,
};
const KNOWN: Statement = {
  name: 'limit-known',
  text: 'SELECT session_limit FROM transactions.limits WHERE tenant = $1 AND transaction = $2',
};
/** In our words; the latest in the station's count. */
const STATIONS: Statement = {
  name: 'limit-of-station',
  text: `
SELECT jsonb_strip_nulls(jsonb_build_object('maxEnergyWh', said -> 'maxEnergy', 'maxSeconds', said -> 'maxTime', 'maxCost', said ->> 'maxCost')) AS said
FROM (SELECT payload #> '{transactionInfo,transactionLimit}' AS said, seq_no, at FROM transactions.events
  WHERE tenant = $1 AND station = $2 AND transaction = $3 AND payload -> 'transactionInfo' ? 'transactionLimit') AS own
ORDER BY seq_no DESC, at DESC LIMIT 1`,
};

/** A session with a limit that its station does not keep. */
export interface LimitedSession extends StationRef {
  id: string;
  protocol: Protocol;
  ocppTransactionId: string;
  startedAt: Date;
  /** As far as we must keep it. */
  limit: Limit;
  asks: number;
}

interface Row extends StationRef {
  id: string;
  protocol: Protocol;
  view: Transaction;
  started_at: Date;
  session_limit: Limit;
  told: boolean;
  kept: LimitKind[] | null;
  asks: number;
}

/** A station that was told keeps it, but for the kinds that it says it does not keep, also when it said so afterwards (E16.FR.12). */
const TO_WATCH = `
SELECT t.tenant, t.station, t.id, t.protocol, t.view, t.started_at, l.session_limit, l.told, l.asks, c.said -> 'limits' AS kept FROM transactions.limits l
JOIN transactions.transactions t ON t.tenant = l.tenant AND t.id = l.transaction
LEFT JOIN transactions.capabilities c ON c.tenant = t.tenant AND c.station = t.station
WHERE (NOT l.told OR l.session_limit - ARRAY(SELECT jsonb_array_elements_text(c.said -> 'limits')) <> '{}' AND c.said ? 'limits')
  AND t.ended_at IS NULL AND l.asks < $2 AND (l.asked_at IS NULL OR l.asked_at < $1) ORDER BY t.started_at LIMIT $3`;

/** How far single sessions may go. */
export class TypeormLimits {
  constructor(private readonly dataSource: DataSource) {}

  /** In the database transaction of its station: the tighter of this and what was known counts. Returns what was known; null: nothing. */
  async set(manager: EntityManager, tenant: string, transaction: string, limit: Limit, told: boolean): Promise<Limit | null> {
    const [row] = await prepared<Pick<Row, 'session_limit'>>(manager, KNOWN, [tenant, transaction]);
    const known = row?.session_limit ?? null;
    await prepared(manager, SET, [tenant, transaction, JSON.stringify(tighter(known, limit)), told]);
    return known;
  }

  /** What the station of 2.1 said last of its own limits (E16.FR.08); null: nothing. */
  async stationLimit(manager: EntityManager, { tenant, station }: StationRef, reference: string): Promise<Limit | null> {
    const [row] = await prepared<{ said: Limit }>(manager, STATIONS, [tenant, station, reference]);
    return row?.said ?? null;
  }

  async find(tenant: string, transaction: string): Promise<Limit | null> {
    const rows: { session_limit: Limit }[] = await this.dataSource.query(
      'SELECT session_limit FROM transactions.limits WHERE tenant = $1 AND transaction = $2',
      [tenant, transaction],
    );
    return rows[0]?.session_limit ?? null;
  }

  /** Open sessions that we must end, asked for less than so often and not since; those that began first come first. */
  async toWatch(askedBefore: Date, mostAsks: number, limit: number): Promise<LimitedSession[]> {
    const rows: Row[] = await this.dataSource.query(TO_WATCH, [askedBefore, mostAsks, limit]);
    return rows.map(({ view, started_at: startedAt, session_limit, told, kept, ...row }) => ({
      ...row,
      startedAt,
      ocppTransactionId: view.ocppTransactionId,
      limit: told ? beside(session_limit, kept ?? []) : session_limit,
    }));
  }

  /** Takes the asking in hand; false: somebody else has. */
  async asking({ tenant, id, asks }: LimitedSession, now: Date): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `WITH taken AS (UPDATE transactions.limits SET asks = asks + 1, asked_at = $4 WHERE tenant = $1 AND transaction = $2 AND asks = $3 RETURNING 1) SELECT 1 FROM taken`,
      [tenant, id, asks, now],
    );
    return rows.length > 0;
  }
}

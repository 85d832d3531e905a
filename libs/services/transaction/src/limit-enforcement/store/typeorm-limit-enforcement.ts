import type { Protocol, StationRef, Transaction } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';
import { beside, type Limit, type LimitKind } from '../../limits';

/** A session with a limit that its station does not keep itself. */
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

/**
 * A station that was sent the limit keeps it, but for the kinds that it does not support, also where that became known
 * afterwards (E16.FR.12).
 */
const TO_WATCH = `
SELECT t.tenant, t.station, t.id, t.protocol, t.view, t.started_at, l.session_limit, l.told, l.asks, c.said -> 'limits' AS kept FROM transactions.limits l
JOIN transactions.transactions t ON t.tenant = l.tenant AND t.id = l.transaction
LEFT JOIN transactions.capabilities c ON c.tenant = t.tenant AND c.station = t.station
WHERE (NOT l.told OR l.session_limit - ARRAY(SELECT jsonb_array_elements_text(c.said -> 'limits')) <> '{}' AND c.said ? 'limits')
  AND t.ended_at IS NULL AND l.asks < $2 AND (l.asked_at IS NULL OR l.asked_at < $1) ORDER BY t.started_at LIMIT $3`;

/** Sessions that this service must end, because their stations do not keep the limit. */
export class TypeormLimitEnforcement {
  constructor(private readonly dataSource: DataSource) {}

  /** Open sessions that we must end, asked for less than so often and not since; those that began first come first. */
  async toWatch(askedBefore: Date, mostAsks: number, limit: number): Promise<LimitedSession[]> {
    const rows: Row[] = await this.dataSource.query(TO_WATCH, [askedBefore, mostAsks, limit]);
    return rows.map(({ view, started_at: startedAt, session_limit, told: sentToStation, kept: supported, ...row }) => ({
      ...row,
      startedAt,
      ocppTransactionId: view.ocppTransactionId,
      limit: sentToStation ? beside(session_limit, supported ?? []) : session_limit,
    }));
  }

  /** Claims the next stop command; false: another process has it. */
  async takeToStop({ tenant, id, asks }: LimitedSession, now: Date): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `WITH taken AS (UPDATE transactions.limits SET asks = asks + 1, asked_at = $4 WHERE tenant = $1 AND transaction = $2 AND asks = $3 RETURNING 1) SELECT 1 FROM taken`,
      [tenant, id, asks, now],
    );
    return rows.length > 0;
  }
}

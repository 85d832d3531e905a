import type { StationRef } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';

/** An open session of 1.6 whose cost is due to be shown. */
export interface CostMessageDue extends StationRef {
  id: string;
  ocppTransactionId: string;
  /** Now, by the station's own clock as it was when it last spoke of the session. */
  at: Date;
}

interface Row extends Omit<CostMessageDue, 'ocppTransactionId' | 'at'> {
  ocpp_transaction_id: string;
  at: Date | null;
}

/** Claims the sessions that are due: of tenants that show costs, at stations that are connected and show what they are sent. */
const TAKE = `
UPDATE transactions.transactions taken SET cost_sent_at = $1 WHERE (tenant, id) IN (
  SELECT t.tenant, t.id FROM transactions.transactions t
  JOIN transactions.capabilities c ON c.tenant = t.tenant AND c.station = t.station AND c.connected AND c.said ->> 'costMessages' = 'true'
  WHERE t.tenant IN (
      SELECT tenant FROM (SELECT DISTINCT ON (tenant) tenant, show_cost FROM transactions.terms ORDER BY tenant, since DESC) AS latest WHERE show_cost)
    AND t.ended_at IS NULL AND t.protocol = 'ocpp1.6' AND (t.cost_sent_at IS NULL OR t.cost_sent_at <= $2)
  ORDER BY t.cost_sent_at NULLS FIRST LIMIT $3 FOR UPDATE OF t SKIP LOCKED)
RETURNING tenant, station, id, state ->> 'ocppTransactionId' AS ocpp_transaction_id, (
  SELECT e.at + ($1 - e.received_at) FROM transactions.events e
  WHERE e.tenant = taken.tenant AND e.station = taken.station AND e.transaction = taken.reference ORDER BY e.received_at DESC LIMIT 1) AS at`;

/** Which sessions are due, and which one an id of 1.6 means. */
export class TypeormCostMessages {
  constructor(private readonly dataSource: DataSource) {}

  async take(now: Date, before: Date, limit: number): Promise<CostMessageDue[]> {
    const [rows]: [Row[], number] = await this.dataSource.query(TAKE, [now, before, limit]);
    return rows.map(({ ocpp_transaction_id: ocppTransactionId, at, ...rest }) => ({ ...rest, ocppTransactionId, at: at ?? now }));
  }

  /** The session that ended last under this id; null: none has. */
  async idOf({ tenant, station }: StationRef, ocppTransactionId: string): Promise<string | null> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT id FROM transactions.transactions WHERE tenant = $1 AND station = $2 AND state ->> 'ocppTransactionId' = $3 AND ended_at IS NOT NULL
       ORDER BY ended_at DESC LIMIT 1`,
      [tenant, station, ocppTransactionId],
    );
    return rows[0]?.id ?? null;
  }
}

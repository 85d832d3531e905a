import type { StationRef } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';

/** An open transaction whose cost is due to be sent. */
export interface CostDue extends StationRef {
  id: string;
  ocppTransactionId: string;
  /** The cost last sent and not refused. */
  sent: number | null;
  /** Now, by the station's own clock as it was when it last spoke of the transaction. */
  at: Date;
}

interface Row extends StationRef {
  id: string;
  ocpp_transaction_id: string;
  cost_sent: string | null;
  at: Date | null;
}

/**
 * Claims the transactions that are due. A station that reported within the interval got the cost in its answer. Left
 * out are stations that are known to be away, and those whose tenant does not show costs, unless they have a limit to
 * keep by the cost (E16.FR.11).
 */
const TAKE = `
UPDATE transactions.transactions taken SET cost_sent_at = $1 WHERE (tenant, id) IN (
  SELECT t.tenant, t.id FROM transactions.transactions t
  LEFT JOIN transactions.presence p ON p.tenant = t.tenant AND p.station = t.station
  WHERE (t.tenant IN (
      SELECT tenant FROM (SELECT DISTINCT ON (tenant) tenant, show_cost FROM transactions.terms ORDER BY tenant, since DESC) AS latest WHERE show_cost)
      OR EXISTS (SELECT 1 FROM transactions.limits l WHERE l.tenant = t.tenant AND l.transaction = t.id AND l.told AND l.session_limit ? 'maxCost'))
    AND t.ended_at IS NULL AND t.protocol <> 'ocpp1.6' AND greatest(t.heard_at, t.cost_sent_at) < $2 AND p.connected IS NOT FALSE
  ORDER BY greatest(t.heard_at, t.cost_sent_at) LIMIT $3 FOR UPDATE OF t SKIP LOCKED)
RETURNING tenant, station, id, state ->> 'ocppTransactionId' AS ocpp_transaction_id, cost_sent, (
  SELECT e.at + ($1 - e.received_at) FROM transactions.events e
  WHERE e.tenant = taken.tenant AND e.station = taken.station AND e.transaction = taken.reference ORDER BY e.received_at DESC LIMIT 1) AS at`;

const OPEN = `tenant = $1 AND station = $2 AND state ->> 'ocppTransactionId' = $3 AND ended_at IS NULL`;

/** Stores the costs sent to stations for their open transactions. */
export class TypeormCostUpdates {
  constructor(private readonly dataSource: DataSource) {}

  async take(now: Date, before: Date, limit: number): Promise<CostDue[]> {
    const [rows]: [Row[], number] = await this.dataSource.query(TAKE, [now, before, limit]);
    return rows.map(({ ocpp_transaction_id: ocppTransactionId, cost_sent: sent, at, ...rest }) => ({
      ...rest,
      ocppTransactionId,
      sent: sent === null ? null : Number(sent),
      at: at ?? now,
    }));
  }

  async sent(tenant: string, id: string, cost: number): Promise<void> {
    await this.dataSource.query('UPDATE transactions.transactions SET cost_sent = $3 WHERE tenant = $1 AND id = $2', [tenant, id, cost]);
  }

  /** It did not arrive: it is sent again when it is due, though it may be the same. */
  async missed({ tenant, station }: StationRef, ocppTransactionId: string): Promise<void> {
    await this.dataSource.query(`UPDATE transactions.transactions SET cost_sent = NULL WHERE ${OPEN}`, [
      tenant,
      station,
      ocppTransactionId,
    ]);
  }

  /** Its station has no use for it: nothing more is sent of this transaction. */
  async unwanted({ tenant, station }: StationRef, ocppTransactionId: string): Promise<void> {
    await this.dataSource.query(`UPDATE transactions.transactions SET cost_sent_at = 'infinity' WHERE ${OPEN}`, [
      tenant,
      station,
      ocppTransactionId,
    ]);
  }
}

import type { Protocol, StationRef } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';
import { LAST_ACTIVITY_AT } from '../../transactions';
import { FREE_WAIT_MS, RECONNECTED_WAIT_MS, type OpenTransaction } from '../domain/staleness';

/** Stands in `asked_at` for a station that has answered that the transaction is over. */
const REPORTED_OVER = "'-infinity'::timestamptz";

/**
 * Open transactions that may be stale, the longest without activity first; `staleAction` decides. Those of a
 * reconnected station that were queried since are left out: nothing but their activity, or the long wait, makes them
 * candidates again. $1: the long wait; $2, $3: connector, reconnection.
 */
const CANDIDATES = `
SELECT t.tenant, t.station, t.id, t.state ->> 'ocppTransactionId' AS ocpp_transaction_id, t.protocol, t.heard_at, ${LAST_ACTIVITY_AT} AS said_at,
  t.freed_at, coalesce(t.freed_said_at, t.freed_at) AS freed_said_at, nullif(t.asked_at, ${REPORTED_OVER}) AS asked_at,
  coalesce(t.asked_at = ${REPORTED_OVER}, false) AS reported_over, CASE WHEN p.connected THEN p.since END AS connected_since
FROM transactions.transactions t LEFT JOIN transactions.presence p ON p.tenant = t.tenant AND p.station = t.station
WHERE t.ended_at IS NULL AND (t.asked_at = ${REPORTED_OVER} OR t.heard_at < $1 OR t.freed_at < $2
  OR (t.protocol <> 'ocpp1.6' AND p.connected AND p.since < $3 AND t.heard_at < $3 AND (t.heard_at < p.since OR ${LAST_ACTIVITY_AT} < p.since)
    AND coalesce(t.asked_at < p.since, true)))
ORDER BY t.heard_at LIMIT $4`;

/** Those that no other process has marked meanwhile, and that had no activity. */
const MARK_QUERIED = `
UPDATE transactions.transactions t SET asked_at = $1
FROM unnest($2::text[], $3::uuid[], $4::timestamptz[], $5::timestamptz[]) AS known(tenant, id, asked_at, heard_at)
WHERE t.tenant = known.tenant AND t.id = known.id AND t.ended_at IS NULL AND t.asked_at IS NOT DISTINCT FROM known.asked_at
  AND date_trunc('milliseconds', t.heard_at) = known.heard_at
RETURNING t.id`;

export interface StaleCandidate extends StationRef {
  id: string;
  ocppTransactionId: string;
  transaction: OpenTransaction;
}

interface Row extends StationRef {
  id: string;
  ocpp_transaction_id: string;
  protocol: Protocol;
  heard_at: Date;
  said_at: Date;
  freed_at: Date | null;
  freed_said_at: Date | null;
  asked_at: Date | null;
  reported_over: boolean;
  connected_since: Date | null;
}

/** Open transactions that may be stale, and what their stations answered about them. */
export class TypeormStaleTransactions {
  constructor(private readonly dataSource: DataSource) {}

  async candidates(staleAfterMs: number, now: Date, limit: number): Promise<StaleCandidate[]> {
    const since = [staleAfterMs, FREE_WAIT_MS, RECONNECTED_WAIT_MS].map((ms) => new Date(now.getTime() - ms));
    const rows: Row[] = await this.dataSource.query(CANDIDATES, [...since, limit]);
    return rows.map(toCandidate);
  }

  /** Returns those that this process is to query; another process has the others. */
  async markQueried(candidates: readonly StaleCandidate[], now: Date): Promise<StaleCandidate[]> {
    const instant = (at: number | null): Date | null => (at === null ? null : new Date(at));
    const [rows]: [{ id: string }[], number] = await this.dataSource.query(MARK_QUERIED, [
      now,
      candidates.map(({ tenant }) => tenant),
      candidates.map(({ id }) => id),
      candidates.map(({ transaction }) => instant(transaction.queriedAt)),
      candidates.map(({ transaction }) => instant(transaction.activeAt)),
    ]);
    const marked = new Set(rows.map(({ id }) => id));
    return candidates.filter(({ id }) => marked.has(id));
  }

  /** Its station answers that it is ongoing, or that messages of it are on their way. */
  async markOngoing({ tenant, station }: StationRef, ocppTransactionId: string, now: Date): Promise<void> {
    await this.dataSource.query(
      `UPDATE transactions.transactions SET heard_at = $4, said_at = $4, asked_at = NULL, freed_at = NULL, freed_said_at = NULL WHERE ${LATEST_OPEN}`,
      [tenant, station, ocppTransactionId, now],
    );
  }

  /** Its station answers that it is over and that no message of it is kept: the next sweep ends it. */
  async markOver({ tenant, station }: StationRef, ocppTransactionId: string): Promise<void> {
    await this.dataSource.query(`UPDATE transactions.transactions SET asked_at = ${REPORTED_OVER} WHERE ${LATEST_OPEN}`, [
      tenant,
      station,
      ocppTransactionId,
    ]);
  }
}

/** A station may have used the id before. */
const LATEST_OPEN = `ended_at IS NULL AND (tenant, id) = (
  SELECT tenant, id FROM transactions.transactions WHERE tenant = $1 AND station = $2 AND state ->> 'ocppTransactionId' = $3
  ORDER BY started_at DESC LIMIT 1)`;

function toCandidate({ tenant, station, id, ocpp_transaction_id: ocppTransactionId, ...row }: Row): StaleCandidate {
  const { freed_at: freedAt, freed_said_at: freedByStation } = row;
  const transaction: OpenTransaction = {
    queryable: row.protocol !== 'ocpp1.6',
    activeAt: row.heard_at.getTime(),
    activeAtByStation: row.said_at.getTime(),
    free: freedAt === null || freedByStation === null ? null : { at: freedAt.getTime(), byStation: freedByStation.getTime() },
    queriedAt: row.asked_at?.getTime() ?? null,
    reportedOver: row.reported_over,
    connectedSince: row.connected_since?.getTime() ?? null,
  };
  return { tenant, station, id, ocppTransactionId, transaction };
}

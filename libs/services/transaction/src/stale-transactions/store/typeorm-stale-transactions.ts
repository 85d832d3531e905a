import type { StationRef } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';
import { LAST_ACTIVITY_AT, INACTIVE_SINCE_FREE } from '../../transactions/store/typeorm-last-activity';

/** Nothing comes any more either: what is still on its way may be the end. */
const FREE = `(t.freed_at < $2 AND t.heard_at < $2 AND ${INACTIVE_SINCE_FREE})`;
/** The station has said so. */
const SAID_OVER = "t.asked_at = '-infinity'";

const TO_ASK = `
UPDATE transactions.transactions SET asked_at = $4 WHERE (tenant, id) IN (
  SELECT t.tenant, t.id FROM transactions.transactions t LEFT JOIN transactions.presence p ON p.tenant = t.tenant AND p.station = t.station
  WHERE t.ended_at IS NULL AND t.protocol <> 'ocpp1.6' AND t.asked_at IS DISTINCT FROM '-infinity' AND (
    (t.heard_at < $1 AND coalesce(t.asked_at < $1, true)) OR
    (${FREE} AND coalesce(t.asked_at < t.freed_at, true)) OR
    (p.connected AND p.since < $3 AND (t.heard_at < p.since OR (t.heard_at < $3 AND ${LAST_ACTIVITY_AT} < p.since)) AND coalesce(t.asked_at < p.since, true)))
  ORDER BY t.heard_at LIMIT $5 FOR UPDATE OF t SKIP LOCKED)
RETURNING tenant, station, id, state ->> 'ocppTransactionId' AS ocpp_transaction_id, heard_at`;

const TO_END = `
SELECT tenant, station, id, state ->> 'ocppTransactionId' AS ocpp_transaction_id, heard_at FROM transactions.transactions t
WHERE ended_at IS NULL AND (${SAID_OVER}
  OR (t.heard_at < $1 AND (t.protocol = 'ocpp1.6' OR (t.asked_at >= $1 AND t.asked_at < $3)))
  OR (${FREE} AND (t.protocol = 'ocpp1.6' OR (t.asked_at >= t.freed_at AND t.asked_at < $3))))
ORDER BY t.heard_at LIMIT $4`;

export interface StaleTransaction extends StationRef {
  id: string;
  ocppTransactionId: string;
  heardAt: Date;
}

/** Since when what is doubted. */
export interface Doubts {
  /** Not heard of since then. */
  silentSince: Date;
  /** Its connector is free since then, and nothing was heard of it. */
  freeSince: Date;
}

interface Row {
  tenant: string;
  station: string;
  id: string;
  ocpp_transaction_id: string;
  heard_at: Date;
}

/** How long open transactions have been silent. */
export class TypeormStaleTransactions {
  constructor(private readonly dataSource: DataSource) {}

  /** Its station says that it goes on. */
  async markOngoing({ tenant, station }: StationRef, ocppTransactionId: string, now: Date): Promise<void> {
    await this.dataSource.query(
      `UPDATE transactions.transactions SET heard_at = $4, said_at = $4, asked_at = NULL, freed_at = NULL, freed_said_at = NULL WHERE ${LATEST_OPEN}`,
      [tenant, station, ocppTransactionId, now],
    );
  }

  /** Its station says that it is over, and that there is nothing more to come: the next sweep ends it. */
  async markOver({ tenant, station }: StationRef, ocppTransactionId: string): Promise<void> {
    await this.dataSource.query(`UPDATE transactions.transactions SET asked_at = '-infinity' WHERE ${LATEST_OPEN}`, [
      tenant,
      station,
      ocppTransactionId,
    ]);
  }

  /**
   * Takes in hand those whose stations can be asked and were not since: nobody else asks them. `backSince`: also those of stations that have been connected again since before
   * then, and have not said a word of them.
   */
  async takeToQuery(
    { silentSince, freeSince, backSince }: Doubts & { backSince: Date },
    now: Date,
    limit: number,
  ): Promise<StaleTransaction[]> {
    const [rows]: [Row[], number] = await this.dataSource.query(TO_ASK, [silentSince, freeSince, backSince, now, limit]);
    return rows.map(toSilent);
  }

  /** Those that nobody can be asked about, that were asked about before `askedBefore` in vain, or that are said to be over. */
  async toEnd({ silentSince, freeSince }: Doubts, askedBefore: Date, limit: number): Promise<StaleTransaction[]> {
    const rows: Row[] = await this.dataSource.query(TO_END, [silentSince, freeSince, askedBefore, limit]);
    return rows.map(toSilent);
  }
}

/** A station may have used the id before. */
const LATEST_OPEN = `ended_at IS NULL AND (tenant, id) = (
  SELECT tenant, id FROM transactions.transactions WHERE tenant = $1 AND station = $2 AND state ->> 'ocppTransactionId' = $3
  ORDER BY started_at DESC LIMIT 1)`;

function toSilent({ ocpp_transaction_id: ocppTransactionId, heard_at: heardAt, ...row }: Row): StaleTransaction {
  return { ...row, ocppTransactionId, heardAt };
}

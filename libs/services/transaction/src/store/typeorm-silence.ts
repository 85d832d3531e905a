import type { StationRef } from '@voltbus/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { transactionId } from '../domain/identity';
import { prepared, type Statement } from './typeorm-prepared';

/** Readings are signs of life, and come every minute: written down this often at most, unless somebody waits for one. */
const HEARD_EVERY_MS = 5 * 60_000;
/** What comes by the clock comes whether somebody charges or not. */
const BY_THE_CLOCK = 'Sample.Clock';

/** When it was last heard of by its own clock; nothing when it has been heard of since, or is over. */
const LAST_WORD: Statement = {
  name: 'transaction-last-word',
  text: `
SELECT greatest(
  (SELECT max(at) FROM transactions.events e WHERE e.tenant = t.tenant AND e.station = t.station AND e.transaction = t.reference),
  (SELECT max(at) FROM transactions.readings r WHERE r.tenant = t.tenant AND r.station = t.station AND r.transaction = t.reference)) AS at
FROM transactions.transactions t WHERE t.tenant = $1 AND t.id = $2 AND t.ended_at IS NULL AND date_trunc('milliseconds', t.heard_at) <= $3`,
};

/** Not a word since its connector is free. Reports are written down a moment after they came: what was heard so shortly after was said before. */
export const UNHEARD_SINCE_FREE = "t.heard_at < t.freed_at + interval '5 seconds'";
const FREE = `(t.freed_at < $2 AND ${UNHEARD_SINCE_FREE})`;
/** The station has said so. */
const SAID_OVER = "t.asked_at = '-infinity'";

const TO_ASK = `
UPDATE transactions.transactions SET asked_at = $4 WHERE (tenant, id) IN (
  SELECT t.tenant, t.id FROM transactions.transactions t LEFT JOIN transactions.presence p ON p.tenant = t.tenant AND p.station = t.station
  WHERE t.ended_at IS NULL AND t.protocol <> 'ocpp1.6' AND t.asked_at IS DISTINCT FROM '-infinity' AND (
    (t.heard_at < $1 AND coalesce(t.asked_at < $1, true)) OR
    (${FREE} AND coalesce(t.asked_at < t.freed_at, true)) OR
    (p.connected AND p.since < $3 AND t.heard_at < p.since AND coalesce(t.asked_at < p.since, true)))
  ORDER BY t.heard_at LIMIT $5 FOR UPDATE OF t SKIP LOCKED)
RETURNING tenant, station, id, state ->> 'ocppTransactionId' AS ocpp_transaction_id, heard_at`;

const TO_END = `
SELECT tenant, station, id, state ->> 'ocppTransactionId' AS ocpp_transaction_id, heard_at FROM transactions.transactions t
WHERE ended_at IS NULL AND (${SAID_OVER}
  OR (t.heard_at < $1 AND (t.protocol = 'ocpp1.6' OR (t.asked_at >= $1 AND t.asked_at < $3)))
  OR (${FREE} AND (t.protocol = 'ocpp1.6' OR (t.asked_at >= t.freed_at AND t.asked_at < $3))))
ORDER BY t.heard_at LIMIT $4`;

export interface SilentTransaction extends StationRef {
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

/** A reading of a station's EVSE. */
export interface Sign {
  ref: StationRef;
  evse: number | null;
  context: string;
  at: number;
}

/** How long open transactions have been silent. */
export class TypeormSilence {
  constructor(private readonly dataSource: DataSource) {}

  /** Readings named these transactions. */
  async heard(named: readonly { ref: StationRef; reference: string }[], now: Date): Promise<void> {
    await this.dataSource.query(
      `UPDATE transactions.transactions t SET heard_at = $3, asked_at = NULL FROM unnest($1::text[], $2::uuid[]) AS named(tenant, id)
       WHERE t.tenant = named.tenant AND t.id = named.id AND ${awaited('$4')}`,
      [
        named.map(({ ref }) => ref.tenant),
        named.map(({ ref, reference }) => transactionId(ref, reference)),
        now,
        new Date(now.getTime() - HEARD_EVERY_MS),
      ],
    );
  }

  /** Readings that named no transaction: what is measured while an EVSE has a session is a sign of it, unless it is measured by the clock. */
  async heardAt(signs: readonly Sign[], now: Date): Promise<void> {
    const telling = signs.filter(({ evse, context }) => evse !== null && context !== BY_THE_CLOCK);
    if (telling.length === 0) return;
    await this.dataSource.query(
      `UPDATE transactions.transactions t SET heard_at = $5, asked_at = NULL
       FROM unnest($1::text[], $2::text[], $3::integer[], $4::timestamptz[]) AS said(tenant, station, evse, at)
       WHERE t.tenant = said.tenant AND t.station = said.station AND t.evse = said.evse AND t.started_at <= said.at AND ${awaited('$6')}`,
      [
        telling.map(({ ref }) => ref.tenant),
        telling.map(({ ref }) => ref.station),
        telling.map(({ evse }) => evse),
        telling.map(({ at }) => new Date(at)),
        now,
        new Date(now.getTime() - HEARD_EVERY_MS),
      ],
    );
  }

  /** Its station says that it goes on. */
  async goesOn({ tenant, station }: StationRef, ocppTransactionId: string, now: Date): Promise<void> {
    await this.dataSource.query(
      `UPDATE transactions.transactions SET heard_at = $4, asked_at = NULL, freed_at = NULL WHERE ${LATEST_OPEN}`,
      [tenant, station, ocppTransactionId, now],
    );
  }

  /** Its station says that it is over, and that there is nothing more to come: the next sweep ends it. */
  async saidOver({ tenant, station }: StationRef, ocppTransactionId: string): Promise<void> {
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
  async toAsk({ silentSince, freeSince, backSince }: Doubts & { backSince: Date }, now: Date, limit: number): Promise<SilentTransaction[]> {
    const [rows]: [Row[], number] = await this.dataSource.query(TO_ASK, [silentSince, freeSince, backSince, now, limit]);
    return rows.map(toSilent);
  }

  /** Those that nobody can be asked about, that were asked about before `askedBefore` in vain, or that are said to be over. */
  async toEnd({ silentSince, freeSince }: Doubts, askedBefore: Date, limit: number): Promise<SilentTransaction[]> {
    const rows: Row[] = await this.dataSource.query(TO_END, [silentSince, freeSince, askedBefore, limit]);
    return rows.map(toSilent);
  }

  /** Epoch milliseconds; null when there is nothing to end any more. */
  async lastWord(manager: EntityManager, tenant: string, id: string, heardAt: Date): Promise<number | null> {
    const [row] = await prepared<{ at: Date | null }>(manager, LAST_WORD, [tenant, id, heardAt]);
    return row?.at?.getTime() ?? null;
  }
}

/** A station may have used the id before. */
const LATEST_OPEN = `ended_at IS NULL AND (tenant, id) = (
  SELECT tenant, id FROM transactions.transactions WHERE tenant = $1 AND station = $2 AND state ->> 'ocppTransactionId' = $3
  ORDER BY started_at DESC LIMIT 1)`;

/** Open, and not heard of for a while, or doubted. */
function awaited(before: string): string {
  return `t.ended_at IS NULL AND (t.heard_at < ${before} OR t.asked_at IS NOT NULL OR t.freed_at IS NOT NULL)`;
}

function toSilent({ ocpp_transaction_id: ocppTransactionId, heard_at: heardAt, ...row }: Row): SilentTransaction {
  return { ...row, ocppTransactionId, heardAt };
}

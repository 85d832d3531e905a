import type { StationRef } from '@voltbus/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { transactionId } from '../../transactions/domain/transaction-identity';
import { BY_THE_CLOCK, LAST_ACTIVITY_AT, INACTIVE_SINCE_FREE, wasRefused } from '../../transactions/store/typeorm-last-activity';

/** Readings are signs of life, and come every minute: written down this often at most, unless somebody waits for one. */
const HEARD_EVERY_MS = 5 * 60_000;
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

const DOUBT_OLDER = `
UPDATE transactions.transactions t SET freed_at = $3, freed_said_at = n.started_at
FROM unnest($1::text[], $2::uuid[]) AS said(tenant, id)
JOIN transactions.transactions spoken ON spoken.tenant = said.tenant AND spoken.id = said.id
JOIN transactions.transactions n ON n.tenant = spoken.tenant AND n.station = spoken.station AND n.evse = spoken.evse
WHERE t.tenant = n.tenant AND t.station = n.station AND t.evse = n.evse AND t.ended_at IS NULL AND t.freed_at IS NULL
  AND n.started_at > t.started_at AND spoken.id IN (t.id, n.id)
  AND (NOT ${wasRefused('n')} OR (n.id = spoken.id AND n.protocol <> 'ocpp1.6'))`;

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

/** A reading of a station's EVSE. */
export interface Activity {
  ref: StationRef;
  evse: number | null;
  context: string;
  at: number;
}

/** How long open transactions have been silent. */
export class TypeormStaleTransactions {
  constructor(private readonly dataSource: DataSource) {}

  /** Readings of those instants named these transactions. */
  async recordActivity(named: readonly { ref: StationRef; reference: string; at: number }[], now: Date): Promise<void> {
    await this.dataSource.query(
      `UPDATE transactions.transactions t SET ${heardOf('$4')}
       FROM (SELECT tenant, id, max(at) AS at FROM unnest($1::text[], $2::uuid[], $3::timestamptz[]) AS one(tenant, id, at) GROUP BY tenant, id) AS said
       WHERE t.tenant = said.tenant AND t.id = said.id AND ${awaited('$5')}`,
      [
        named.map(({ ref }) => ref.tenant),
        named.map(({ ref, reference }) => transactionId(ref, reference)),
        named.map(({ at }) => new Date(at)),
        now,
        new Date(now.getTime() - HEARD_EVERY_MS),
      ],
    );
  }

  /** Readings that named no transaction: what is measured while an EVSE has a session is a sign of it, unless it is measured by the clock. */
  async recordActivityAt(signs: readonly Activity[], now: Date): Promise<void> {
    const telling = signs.filter(({ evse, context }) => evse !== null && context !== BY_THE_CLOCK);
    if (telling.length === 0) return;
    await this.dataSource.query(
      `UPDATE transactions.transactions t SET ${heardOf('$5')}
       FROM (SELECT tenant, station, evse, max(at) AS at FROM unnest($1::text[], $2::text[], $3::integer[], $4::timestamptz[])
         AS one(tenant, station, evse, at) GROUP BY tenant, station, evse) AS said
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

  /**
   * A word of one transaction raises a doubt about another that began before it at the same EVSE: an EVSE has one. Of the two the one that began
   * first is over, whichever was heard of now; one that was refused shows nothing, unless its station can be asked (2.x).
   */
  async suspectOlder(spoken: readonly { ref: StationRef; reference: string }[], now: Date, manager?: EntityManager): Promise<void> {
    await (manager ?? this.dataSource).query(DOUBT_OLDER, [
      spoken.map(({ ref }) => ref.tenant),
      spoken.map(({ ref, reference }) => transactionId(ref, reference)),
      now,
    ]);
  }

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

/** A word of the instant `said.at`, received at `now`. One from before the question is no answer to it, unless the station has said that there would be none. */
function heardOf(now: string): string {
  const at = `least(said.at, ${now}::timestamptz)`;
  return `heard_at = ${now}, said_at = greatest(${LAST_ACTIVITY_AT}, ${at}), asked_at = CASE WHEN ${at} < t.asked_at THEN t.asked_at END`;
}

/** Open, and not heard of for a while, or doubted. */
function awaited(before: string): string {
  return `t.ended_at IS NULL AND (t.heard_at < ${before} OR t.asked_at IS NOT NULL OR t.freed_at IS NOT NULL)`;
}

function toSilent({ ocpp_transaction_id: ocppTransactionId, heard_at: heardAt, ...row }: Row): StaleTransaction {
  return { ...row, ocppTransactionId, heardAt };
}

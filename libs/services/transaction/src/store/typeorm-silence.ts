import type { Protocol, StationRef } from '@voltbus/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { transactionId } from '../domain/identity';
import { prepared, type Statement } from './typeorm-prepared';

/** Readings are signs of life, and come every minute: written down this often at most. */
const HEARD_EVERY_MS = 5 * 60_000;

/** When it was last heard of by its own clock; nothing when it has been heard of since, or is over. */
const LAST_WORD: Statement = {
  name: 'transaction-last-word',
  text: `
SELECT greatest(
  (SELECT max(at) FROM transactions.events e WHERE e.tenant = t.tenant AND e.station = t.station AND e.transaction = t.reference),
  (SELECT max(at) FROM transactions.readings r WHERE r.tenant = t.tenant AND r.station = t.station AND r.transaction = t.reference)) AS at
FROM transactions.transactions t WHERE t.tenant = $1 AND t.id = $2 AND t.ended_at IS NULL AND t.heard_at < $3`,
};

export interface SilentTransaction extends StationRef {
  id: string;
  ocppTransactionId: string;
  protocol: Protocol;
  heardAt: Date;
}

interface Row {
  tenant: string;
  station: string;
  id: string;
  ocpp_transaction_id: string;
  protocol: Protocol;
  heard_at: Date;
}

/** How long open transactions have been silent. */
export class TypeormSilence {
  constructor(private readonly dataSource: DataSource) {}

  /** Readings named these transactions. */
  async heard(named: readonly { ref: StationRef; reference: string }[], now: Date): Promise<void> {
    await this.dataSource.query(
      `UPDATE transactions.transactions t SET heard_at = $3, asked_at = NULL FROM unnest($1::text[], $2::uuid[]) AS named(tenant, id)
       WHERE t.tenant = named.tenant AND t.id = named.id AND t.ended_at IS NULL AND t.heard_at < $4`,
      [
        named.map(({ ref }) => ref.tenant),
        named.map(({ ref, reference }) => transactionId(ref, reference)),
        now,
        new Date(now.getTime() - HEARD_EVERY_MS),
      ],
    );
  }

  /** Its station says that it goes on. */
  async goesOn(tenant: string, id: string, now: Date): Promise<void> {
    await this.dataSource.query(
      'UPDATE transactions.transactions SET heard_at = $3, asked_at = NULL WHERE tenant = $1 AND id = $2 AND ended_at IS NULL',
      [tenant, id, now],
    );
  }

  /** Takes in hand those whose stations can be asked and were not: nobody else asks them. */
  async toAsk(before: Date, now: Date, limit: number): Promise<SilentTransaction[]> {
    const [rows]: [Row[], number] = await this.dataSource.query(
      `UPDATE transactions.transactions SET asked_at = $2 WHERE (tenant, id) IN (
         SELECT tenant, id FROM transactions.transactions WHERE ended_at IS NULL AND heard_at < $1 AND asked_at IS NULL AND protocol <> 'ocpp1.6'
         ORDER BY heard_at LIMIT $3 FOR UPDATE SKIP LOCKED)
       RETURNING tenant, station, id, state ->> 'ocppTransactionId' AS ocpp_transaction_id, protocol, heard_at`,
      [before, now, limit],
    );
    return rows.map(toSilent);
  }

  /** Those that nobody can be asked about, or that were asked about before `askedBefore` in vain. */
  async toEnd(before: Date, askedBefore: Date, limit: number): Promise<SilentTransaction[]> {
    const rows: Row[] = await this.dataSource.query(
      `SELECT tenant, station, id, state ->> 'ocppTransactionId' AS ocpp_transaction_id, protocol, heard_at FROM transactions.transactions
       WHERE ended_at IS NULL AND heard_at < $1 AND (protocol = 'ocpp1.6' OR asked_at < $2) ORDER BY heard_at LIMIT $3`,
      [before, askedBefore, limit],
    );
    return rows.map(toSilent);
  }

  /** Epoch milliseconds; null when there is nothing to end any more. */
  async lastWord(manager: EntityManager, tenant: string, id: string, heardBefore: Date): Promise<number | null> {
    const [row] = await prepared<{ at: Date | null }>(manager, LAST_WORD, [tenant, id, heardBefore]);
    return row?.at?.getTime() ?? null;
  }
}

function toSilent({ ocpp_transaction_id: ocppTransactionId, heard_at: heardAt, ...row }: Row): SilentTransaction {
  return { ...row, ocppTransactionId, heardAt };
}

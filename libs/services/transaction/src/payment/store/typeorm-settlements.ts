import type { StationRef } from '@voltbus/contracts';
import { redactText } from '@voltbus/ocpp';
import type { DataSource } from 'typeorm';

export const SETTLEMENT_STATUSES = ['Settled', 'Canceled', 'Rejected', 'Failed'] as const;
export type SettlementStatus = (typeof SETTLEMENT_STATUSES)[number];

/** What a station says of a payment. */
export interface ReportedSettlement extends StationRef {
  pspRef: string;
  status: SettlementStatus;
  at: Date;
  ocppTransactionId: string | null;
  amount: number;
  said: Record<string, unknown>;
  receivedAt: Date;
}

/** A payment as the API shows it. */
export interface Settlement {
  at: string;
  station: string;
  pspRef: string;
  status: SettlementStatus;
  /** A decimal string, in the currency that the station counts in. */
  amount: string;
  /** Ours; null: none of that id is known. */
  transaction: string | null;
  ocppTransactionId: string | null;
  statusInfo: string | null;
  receiptId: string | null;
  receiptUrl: string | null;
  vatNumber: string | null;
  vatCompany: unknown;
}

interface SettlementFilter {
  station?: string | undefined;
  transaction?: string | undefined;
  status?: SettlementStatus | undefined;
  /** Inclusive. */
  from?: string | undefined;
  /** Exclusive. */
  to?: string | undefined;
}

/** Where a page ended. */
export type SettlementPlace = readonly [at: string, station: string, pspRef: string, status: string];

interface Row {
  station: string;
  psp_ref: string;
  status: SettlementStatus;
  settled_at: Date;
  ocpp_transaction_id: string;
  amount: string;
  said: { statusInfo?: string; receiptId?: string; receiptUrl?: string; vatNumber?: string; vatCompany?: unknown };
  transaction: string | null;
}

/** The session that began last of those with the id, when it was settled: some stations use ids again. */
const TRANSACTION = `(
  SELECT t.id FROM transactions.transactions t
  WHERE t.tenant = s.tenant AND t.station = s.station AND t.state ->> 'ocppTransactionId' = s.ocpp_transaction_id AND t.started_at <= s.settled_at
  ORDER BY t.started_at DESC LIMIT 1)`;

/** Payments made at stations. */
export class TypeormSettlements {
  constructor(private readonly dataSource: DataSource) {}

  /** Said again it is the same. */
  async write(settlements: readonly ReportedSettlement[]): Promise<void> {
    const rows = settlements.map(({ pspRef, at, ocppTransactionId, receivedAt, said, ...rest }) => ({
      ...rest,
      said: withoutSecretInfo(said),
      psp_ref: pspRef,
      settled_at: at,
      ocpp_transaction_id: ocppTransactionId ?? '',
      received_at: receivedAt,
    }));
    await this.dataSource.query(
      `INSERT INTO transactions.settlements (tenant, station, psp_ref, status, settled_at, ocpp_transaction_id, amount, said, received_at)
       SELECT tenant, station, psp_ref, status, settled_at, ocpp_transaction_id, amount, said, received_at
       FROM json_to_recordset($1::json) AS told(tenant text, station text, psp_ref text, status text, settled_at timestamptz, ocpp_transaction_id text, amount numeric,
         said jsonb, received_at timestamptz) ON CONFLICT DO NOTHING`,
      [JSON.stringify(rows)],
    );
  }

  /** Newest first. */
  async page(
    tenant: string,
    { station, transaction, status, from, to }: SettlementFilter,
    { limit, after }: { limit: number; after: SettlementPlace | null },
  ): Promise<Settlement[]> {
    const rows: Row[] = await this.dataSource.query(
      `SELECT * FROM (SELECT s.*, ${TRANSACTION} AS transaction FROM transactions.settlements s WHERE s.tenant = $1) AS s
       WHERE ($2::text IS NULL OR station = $2) AND ($3::uuid IS NULL OR transaction = $3) AND ($4::text IS NULL OR status = $4)
         AND ($5::timestamptz IS NULL OR settled_at >= $5) AND ($6::timestamptz IS NULL OR settled_at < $6)
         AND ($7::timestamptz IS NULL OR (settled_at, station, psp_ref, status) < ($7, $8::text, $9::text, $10::text))
       ORDER BY settled_at DESC, station DESC, psp_ref DESC, status DESC LIMIT $11`,
      [tenant, station, transaction, status, from, to, ...(after ?? [null, null, null, null]), limit].map((value) => value ?? null),
    );
    return rows.map(toSettlement);
  }
}

/** Free text of the station is stored without secrets; the address of a receipt is needed as it is. */
function withoutSecretInfo(said: ReportedSettlement['said']): ReportedSettlement['said'] {
  const { statusInfo } = said;
  return typeof statusInfo === 'string' ? { ...said, statusInfo: redactText(statusInfo) } : said;
}

function toSettlement({ station, psp_ref: pspRef, status, settled_at, ocpp_transaction_id, amount, said, transaction }: Row): Settlement {
  const { statusInfo = null, receiptId = null, receiptUrl = null, vatNumber = null, vatCompany = null } = said;
  return {
    ...{ at: settled_at.toISOString(), station, pspRef, status, amount, transaction },
    ...{
      ocppTransactionId: ocpp_transaction_id === '' ? null : ocpp_transaction_id,
      statusInfo,
      receiptId,
      receiptUrl,
      vatNumber,
      vatCompany,
    },
  };
}

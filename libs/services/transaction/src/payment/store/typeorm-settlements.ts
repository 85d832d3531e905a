import type { StationRef } from '@voltbus/contracts';
import { TypeormList, shownAs, type ListSource } from '@voltbus/database';
import { redactText } from '@voltbus/ocpp';
import type { DataSource } from 'typeorm';
import {
  SETTLEMENT_LIST,
  type SettlementFilters,
  type SettlementRow,
  type SettlementSort,
  type SettlementStatus,
} from './typeorm-settlement-list';

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

/** Payments made at stations. */
export class TypeormSettlements {
  private readonly listed: TypeormList<SettlementRow, SettlementFilters, SettlementSort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, SETTLEMENT_LIST);
  }

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

  list(tenant: string): ListSource<Settlement, SettlementFilters, SettlementSort> {
    return shownAs(this.listed.of(tenant), (rows) => rows.map(toSettlement));
  }
}

/** Free text of the station is stored without secrets; the address of a receipt is needed as it is. */
function withoutSecretInfo(said: ReportedSettlement['said']): ReportedSettlement['said'] {
  const { statusInfo } = said;
  return typeof statusInfo === 'string' ? { ...said, statusInfo: redactText(statusInfo) } : said;
}

function toSettlement({
  station,
  psp_ref: pspRef,
  status,
  settled_at,
  ocpp_transaction_id,
  amount,
  said,
  transaction,
}: SettlementRow): Settlement {
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

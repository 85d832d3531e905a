import { among, before, notBefore, type ListDefinition } from '@voltbus/database';

export const SETTLEMENT_STATUSES = ['Settled', 'Canceled', 'Rejected', 'Failed'] as const;
export type SettlementStatus = (typeof SETTLEMENT_STATUSES)[number];

export interface SettlementFilters {
  station?: string[] | undefined;
  transaction?: string[] | undefined;
  status?: SettlementStatus[] | undefined;
  pspRef?: string[] | undefined;
  /** Inclusive. */
  from?: string | undefined;
  /** Exclusive. */
  to?: string | undefined;
}
export type SettlementSort = 'at' | 'station';

export interface SettlementRow {
  station: string;
  psp_ref: string;
  status: SettlementStatus;
  settled_at: Date;
  ocpp_transaction_id: string;
  amount: string;
  said: { statusInfo?: string; receiptId?: string; receiptUrl?: string; vatNumber?: string; vatCompany?: unknown };
  transaction: string | null;
}

/** With the session that began last of those with the id, when it was settled: some stations use ids again. */
const WITH_TRANSACTION = `(SELECT s.*, (
    SELECT t.id FROM transactions.transactions t
    WHERE t.tenant = s.tenant AND t.station = s.station AND t.state ->> 'ocppTransactionId' = s.ocpp_transaction_id AND t.started_at <= s.settled_at
    ORDER BY t.started_at DESC LIMIT 1) AS transaction
  FROM transactions.settlements s) AS s`;

/** `GET /v1/settlements`. */
export const SETTLEMENT_LIST: ListDefinition<SettlementFilters, SettlementSort> = {
  columns: 's.station, s.psp_ref, s.status, s.settled_at, s.ocpp_transaction_id, s.amount, s.said, s.transaction',
  from: WITH_TRANSACTION,
  owner: 's.tenant',
  station: 's.station',
  id: [
    { sql: 's.settled_at', type: 'timestamptz' },
    { sql: 's.station', type: 'text' },
    { sql: 's.psp_ref', type: 'text' },
    { sql: 's.status', type: 'text' },
  ],
  sorts: { at: [], station: [{ sql: 's.station', type: 'text' }] },
  filters: {
    station: among('s.station'),
    transaction: among('s.transaction', 'uuid'),
    status: among('s.status'),
    pspRef: among('s.psp_ref'),
    from: notBefore('s.settled_at'),
    to: before('s.settled_at'),
  },
};

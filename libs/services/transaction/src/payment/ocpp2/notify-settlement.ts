import { readStationTime } from '@voltbus/contracts';
import type { Lacking, v21 } from '@voltbus/ocpp';
import type { StationMessage, StoreMany } from '@voltbus/service';
import { transactionId } from '../../metering';
import type { TransactionTelemetry } from '../../telemetry';
import { SETTLEMENT_STATUSES, type SettlementStatus } from '../store/typeorm-settlement-list';
import type { ReportedSettlement, TypeormSettlements } from '../store/typeorm-settlements';

type Message = StationMessage<Lacking<v21.NotifySettlementRequest, 'settlementTime'>>;

interface SettlementParts {
  store: TypeormSettlements;
  telemetry: TransactionTelemetry;
  /**
   * The address of receipts that the CPO makes: `{transaction}` and `{pspRef}` are filled in; undefined: stations make
   * them.
   */
  receiptUrl: string | undefined;
}

/**
 * C21, C22: stores payments as the station reports them. C21.FR.03: the answer has the address of the receipt if the
 * CPO makes it.
 */
export function notifySettlement({
  store,
  telemetry,
  receiptUrl,
}: SettlementParts): StoreMany<v21.NotifySettlementRequest, v21.NotifySettlementResponse> {
  return {
    shape: 'batch',
    async store(messages: Message[]) {
      const settlements = messages.map(settlementOf);
      await store.write(settlements);
      for (const { tenant, station, pspRef, status } of settlements) telemetry.paymentSettled({ tenant, station }, pspRef, status);
    },
    answer: ({ ref, payload }: Message): v21.NotifySettlementResponse => {
      const { transactionId: id, pspRef, status } = payload;
      if (receiptUrl === undefined || id === undefined || status !== 'Settled') return {};
      const filled = { transaction: transactionId(ref, id), pspRef };
      return {
        receiptUrl: receiptUrl.replace(/\{(transaction|pspRef)\}/g, (_all, name: keyof typeof filled) => encodeURIComponent(filled[name])),
      };
    },
  };
}

function settlementOf({ ref, payload, receivedAt }: Message): ReportedSettlement {
  const { transactionId: id, pspRef, status, settlementAmount, settlementTime, ...said } = payload;
  return {
    ...ref,
    pspRef,
    status: SETTLEMENT_STATUSES.find((known) => known === status) ?? ('Failed' satisfies SettlementStatus),
    at: new Date(readStationTime(settlementTime, receivedAt).at),
    ocppTransactionId: id ?? null,
    amount: settlementAmount,
    said,
    receivedAt,
  };
}

import type { v21 } from '@voltbus/ocpp';
import type { AnswerTable } from '@voltbus/service';
import type { CertificateStatuses } from './plug-and-charge/certificate-status';
import type { ContractCertificates } from './plug-and-charge/contract-certificates';
import type { TransactionTelemetry } from './telemetry';
import { storeUnhandled } from './unhandled-messages/unhandled-message';
import { authorize as authorize16 } from './authorization/ocpp16/authorize';
import { authorize as authorize2 } from './authorization/ocpp2/authorize';
import { meterValues as meterValues16 } from './metering/ocpp16/meter-values';
import { meterValues as meterValues2 } from './metering/ocpp2/meter-values';
import { dataTransfer } from './plug-and-charge/ocpp16/data-transfer';
import { getCertificateStatus } from './plug-and-charge/ocpp2/get-certificate-status';
import { startTransaction } from './transactions/ocpp16/start-transaction';
import { stopTransaction } from './transactions/ocpp16/stop-transaction';
import { transactionEvent } from './transactions/ocpp2/transaction-event';
import { notifySettlement, type SettlementParts } from './payment/ocpp2/notify-settlement';
import { vatNumberValidation } from './payment/ocpp2/vat-number-validation';
import type { VatRegister } from './payment/vat-register';
import type { Readings } from './metering/readings';
import type { DriverTariffs } from './running-cost/station-tariffs';
import type { TypeormUnhandledMessages } from './unhandled-messages/store/typeorm-unhandled-messages';
import type { TokenAuthorizer } from './authorization/token-authorizer';
import type { Transactions } from './transactions/transactions';

/** What stations ask or tell this service, by version and action. */
export function answers(parts: AnswerParts): AnswerTable {
  const { tokens, contracts, certificateStatuses, driverTariffs, transactions, readings, unhandledMessages, payments, telemetry } = parts;
  return {
    ocpp16: {
      Authorize: authorize16(tokens),
      StartTransaction: startTransaction(transactions),
      StopTransaction: stopTransaction(transactions),
      MeterValues: meterValues16(readings),
      DataTransfer: dataTransfer({ tokens, contracts, certificateStatuses, telemetry }),
    },
    ocpp2: {
      Authorize: authorize2({ tokens, contracts, tariffs: driverTariffs }),
      GetCertificateStatus: getCertificateStatus(certificateStatuses),
      TransactionEvent: transactionEvent(transactions),
      MeterValues: meterValues2(readings),
      ReservationStatusUpdate: storeUnhandled(unhandledMessages),
      NotifyChargingLimit: storeUnhandled(unhandledMessages),
      ClearedChargingLimit: storeUnhandled(unhandledMessages),
      ReportChargingProfiles: storeUnhandled(unhandledMessages),
      // K15: no profile of ours follows; 2.0.1 has no word for just that
      NotifyEVChargingNeeds: storeUnhandled(unhandledMessages, ({ protocol }): v21.NotifyEVChargingNeedsResponse => ({
        status: protocol === 'ocpp2.1' ? 'NoChargingProfile' : 'Rejected',
      })),
      NotifyEVChargingSchedule: storeUnhandled(unhandledMessages, (): v21.NotifyEVChargingScheduleResponse => ({ status: 'Accepted' })),
      NotifyPriorityCharging: storeUnhandled(unhandledMessages),
      // K28: there is no dynamic profile to update
      PullDynamicScheduleUpdate: storeUnhandled(unhandledMessages, (): v21.PullDynamicScheduleUpdateResponse => ({ status: 'Rejected' })),
      NotifySettlement: notifySettlement(payments),
      VatNumberValidation: vatNumberValidation(payments.vatRegister),
    },
  };
}

export interface AnswerParts {
  tokens: TokenAuthorizer;
  contracts: ContractCertificates;
  certificateStatuses: CertificateStatuses;
  driverTariffs: DriverTariffs;
  transactions: Transactions;
  readings: Readings;
  unhandledMessages: TypeormUnhandledMessages;
  payments: SettlementParts & { vatRegister: VatRegister };
  telemetry: TransactionTelemetry;
}

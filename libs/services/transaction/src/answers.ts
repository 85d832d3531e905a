import type { v21 } from '@voltbus/ocpp';
import type { AnswerTable } from '@voltbus/service';
import type { CertificateStatuses } from './contract/certificate-status';
import type { Contracts } from './contract/contracts';
import type { TransactionTelemetry } from './telemetry';
import { notice } from './notices';
import * as ocpp16 from './ocpp16';
import * as ocpp2 from './ocpp2';
import { notifySettlement, type SettlementParts } from './payment/notify-settlement';
import { vatNumberValidation } from './payment/vat-number-validation';
import type { VatRegister } from './payment/vat-register';
import type { Readings } from './readings';
import type { DriverTariffs } from './station-tariffs';
import type { TypeormNotices } from './store/typeorm-notices';
import type { Tokens } from './tokens';
import type { Transactions } from './transactions';

/** What stations ask or tell this service, by version and action. */
export function answers(parts: AnswerParts): AnswerTable {
  const { tokens, contracts, certificateStatuses, driverTariffs, transactions, readings, notices, payments, telemetry } = parts;
  return {
    ocpp16: {
      Authorize: ocpp16.authorize(tokens),
      StartTransaction: ocpp16.startTransaction(transactions),
      StopTransaction: ocpp16.stopTransaction(transactions),
      MeterValues: ocpp16.meterValues(readings),
      DataTransfer: ocpp16.dataTransfer({ tokens, contracts, certificateStatuses, telemetry }),
    },
    ocpp2: {
      Authorize: ocpp2.authorize({ tokens, contracts, tariffs: driverTariffs }),
      GetCertificateStatus: ocpp2.getCertificateStatus(certificateStatuses),
      TransactionEvent: ocpp2.transactionEvent(transactions),
      MeterValues: ocpp2.meterValues(readings),
      ReservationStatusUpdate: notice(notices),
      NotifyChargingLimit: notice(notices),
      ClearedChargingLimit: notice(notices),
      ReportChargingProfiles: notice(notices),
      // K15: no profile of ours follows; 2.0.1 has no word for just that
      NotifyEVChargingNeeds: notice(notices, ({ protocol }): v21.NotifyEVChargingNeedsResponse => ({
        status: protocol === 'ocpp2.1' ? 'NoChargingProfile' : 'Rejected',
      })),
      NotifyEVChargingSchedule: notice(notices, (): v21.NotifyEVChargingScheduleResponse => ({ status: 'Accepted' })),
      NotifyPriorityCharging: notice(notices),
      // K28: there is no dynamic profile to update
      PullDynamicScheduleUpdate: notice(notices, (): v21.PullDynamicScheduleUpdateResponse => ({ status: 'Rejected' })),
      NotifySettlement: notifySettlement(payments),
      VatNumberValidation: vatNumberValidation(payments.vatRegister),
    },
  };
}

export interface AnswerParts {
  tokens: Tokens;
  contracts: Contracts;
  certificateStatuses: CertificateStatuses;
  driverTariffs: DriverTariffs;
  transactions: Transactions;
  readings: Readings;
  notices: TypeormNotices;
  payments: SettlementParts & { vatRegister: VatRegister };
  telemetry: TransactionTelemetry;
}

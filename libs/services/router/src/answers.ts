import type { AnswerTable } from '@voltbus/service';
import { answerDataTransfer } from './data-transfer/data-transfer';
import { VENDORS } from './data-transfer/vendors';
import type { RouterTelemetry } from './telemetry';

/** DataTransfer goes to the vendors. Every other action of this lane is one that no service claims: `NotImplemented`. */
export function answers(telemetry: RouterTelemetry, vendors = VENDORS): AnswerTable {
  const dataTransfer = answerDataTransfer(vendors, telemetry);
  return { ocpp16: { DataTransfer: dataTransfer }, ocpp2: { DataTransfer: dataTransfer } };
}

import type { AnswerTable } from '@voltbus/service';
import { answerDataTransfer } from './data-transfer/answering';
import { VENDORS } from './data-transfer/vendors';
import type { Happenings } from './happenings';

/** DataTransfer goes to the vendors. Every other action of this lane is one that no service claims: `NotImplemented`. */
export function answers(happenings: Happenings, vendors = VENDORS): AnswerTable {
  const dataTransfer = answerDataTransfer(vendors, happenings);
  return { ocpp16: { DataTransfer: dataTransfer }, ocpp2: { DataTransfer: dataTransfer } };
}

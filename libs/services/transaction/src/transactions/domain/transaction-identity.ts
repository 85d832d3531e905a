import type { StationRef } from '@voltbus/contracts';
import { transactionId } from '../../metering';
import type { TransactionIdentity } from './transaction';

/** `reference` is the OCPP transaction id, which is unique at its station only (E01.FR.08, CVE-2026-28230). */
export function identify(ref: StationRef, ocppTransactionId: string, reference = ocppTransactionId): TransactionIdentity {
  return { tenant: ref.tenant, station: ref.station, id: transactionId(ref, reference), reference, ocppTransactionId };
}

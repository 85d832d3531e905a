import { deterministicId, type StationRef } from '@voltbus/contracts';
import type { TransactionIdentity } from './transaction';

/** Our id of a station's transaction: derived, so that whatever is heard first about it finds the same one. */
export function transactionId(ref: StationRef, reference: string): string {
  return deterministicId(ref.tenant, ref.station, reference);
}

/** `reference` is the OCPP transaction id, which is unique at its station only (E01.FR.08, CVE-2026-28230). */
export function identify(ref: StationRef, ocppTransactionId: string, reference = ocppTransactionId): TransactionIdentity {
  return { tenant: ref.tenant, station: ref.station, id: transactionId(ref, reference), reference, ocppTransactionId };
}

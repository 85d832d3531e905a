import { deterministicId, type StationRef } from '@voltbus/contracts';
import { transactionId } from '../../metering';
import type { TransactionIdentity } from './transaction';

/** `reference` is the OCPP transaction id, which is unique at its station only (E01.FR.08, CVE-2026-28230). */
export function identify(ref: StationRef, ocppTransactionId: string, reference = ocppTransactionId): TransactionIdentity {
  return { tenant: ref.tenant, station: ref.station, id: transactionId(ref, reference), reference, ocppTransactionId };
}

const MAX_ID = 2 ** 31 - 1;

/**
 * The transaction id that a station of 1.6 is given: a positive 31-bit integer that follows from the start as it was received. A start that is handled again,
 * after the database was restored to an earlier time, gets the id that the station knows. It means nothing at another station (CVE-2026-28230).
 */
export function chosenTransactionId(
  { tenant, station }: StationRef,
  { startKey, receivedAt, attempt }: { startKey: string; receivedAt: Date; attempt: number },
): string {
  const digest = deterministicId(tenant, station, startKey, receivedAt.getTime(), attempt);
  return String((Number.parseInt(digest.slice(0, 8), 16) % MAX_ID) + 1);
}

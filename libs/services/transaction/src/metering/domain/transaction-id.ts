import { deterministicId, type StationRef } from '@voltbus/contracts';

/**
 * Our id of a station's transaction. It is derived, so that whichever message or reading of it arrives first finds the
 * same one.
 */
export function transactionId(ref: StationRef, reference: string): string {
  return deterministicId(ref.tenant, ref.station, reference);
}

import type { StationRef, Transaction } from '@voltbus/contracts';

/** How long a station may take to end a session after it accepted the stop: cable and car may delay it (F03). */
export const STOP_WAIT_MS = 5 * 60_000;

/** A remote stop as it is kept, with the transaction it is about as it is now. */
export interface RemoteStop extends StationRef {
  command: string;
  transaction: string;
  askedAt: Date;
  refusal: string | null;
  endedAt: Transaction['endedAt'];
}

/** `no-end` is what it looks like now: a station that is offline may still tell of it. */
export type RemoteStopState = 'waiting' | 'stopped' | 'refused' | 'no-end';

/**
 * F03, 1.6 section 5.12: `Accepted` means only that the station will try; the end that follows is the outcome, whatever
 * brought it about.
 */
export function remoteStopState({ endedAt, refusal, askedAt }: RemoteStop, now: Date): RemoteStopState {
  if (endedAt !== null) return 'stopped';
  if (refusal !== null) return 'refused';
  return now.getTime() - askedAt.getTime() > STOP_WAIT_MS ? 'no-end' : 'waiting';
}

import type { CommandOutcome, Reservation, ReservationState } from '@voltbus/contracts';
import { MAX_PAUSE_MS, MIN_PAUSE_MS } from '../limits';

/** A stored reservation: as it is shown, and how it stands with its station. */
export interface StoredReservation extends Reservation {
  /** The command that last asked the station to reserve, and to cancel. */
  command: string;
  cancelCommand: string | null;
  /** When the station is to be asked again; null: nothing is open. ISO. */
  dueAt: string | null;
  /** Counts the changes, so that each has an event of its own. */
  changes: number;
}

const LIVE: ReadonlySet<ReservationState> = new Set(['requested', 'reserved', 'cancelling']);

/** The station holds the place, or may. */
export function isLive({ state }: Pick<Reservation, 'state'>): boolean {
  return LIVE.has(state);
}

/** Live, and not beyond its time: the sweep that ends it may be a moment late. */
export function holdsPlace(reservation: Reservation, at: number): boolean {
  return isLive(reservation) && Date.parse(reservation.expiresAt) > at;
}

type Changed = StoredReservation | null;

/** The station was asked to reserve (H01; 1.6 section 5.13). Null: nothing changes. */
export function afterReserve(reservation: StoredReservation, outcome: CommandOutcome, at: number): Changed {
  if (!isLive(reservation)) return null;
  const answered = { ...reservation, answer: outcome.text };
  const isFirst = reservation.answer !== 'Accepted'; // it was not accepted before
  const isCancelling = reservation.state === 'cancelling'; // then it is the cancellation that is asked for again
  const [again, nothing] = isCancelling ? [reservation.dueAt, reservation.dueAt] : [nextAsk(reservation, at), null];
  if (outcome.kind === 'unknown') return { ...answered, answer: isFirst ? outcome.text : reservation.answer, dueAt: again };
  if (outcome.kind === 'answered' && outcome.text === 'Accepted')
    return { ...answered, state: isCancelling ? 'cancelling' : 'reserved', dueAt: nothing };
  // the station may have it: it is asked when it is back
  if (outcome.kind === 'no-delivery' && (!isFirst || reservation.answer === 'unknown')) return { ...reservation, dueAt: again };
  if (isFirst) return ended(answered, isCancelling ? 'cancelled' : 'refused', at);
  // H01.FR.02: the same id replaces, which a station need not be able to; a status says that the place is gone
  return outcome.kind === 'error' ? { ...reservation, dueAt: nothing } : ended(answered, 'removed', at);
}

/** The station was asked to cancel (H02; 1.6 section 5.1). It answers `Rejected` where it has no such reservation (H02.FR.01). */
export function afterCancel(reservation: StoredReservation, outcome: CommandOutcome, at: number): Changed {
  if (!isLive(reservation)) return null;
  const answered = { ...reservation, cancellation: outcome.text };
  if (outcome.kind === 'answered') return ended(answered, 'cancelled', at);
  if (reservation.state !== 'cancelling') return null;
  // a station that cannot cancel holds the place until its time
  if (outcome.kind === 'error') return { ...answered, state: reservation.answer === 'Accepted' ? 'reserved' : 'requested', dueAt: null };
  return { ...answered, dueAt: nextAsk(reservation, at) };
}

/**
 * When a station is asked again that did not answer: a quarter of the age of the reservation later, so that one that never answers is asked less and less
 * often. A boot makes it due at once.
 */
function nextAsk({ createdAt }: StoredReservation, at: number): string {
  const pause = (at - Date.parse(createdAt)) / 4;
  return isoOf(at + Math.min(Math.max(pause, MIN_PAUSE_MS), MAX_PAUSE_MS));
}

/** H01.FR.16, H01.FR.17, H03.FR.11, H04: the station has given it up. */
export function afterUpdate(
  reservation: StoredReservation,
  status: 'Expired' | 'Removed' | 'NoTransaction',
  { at, earlyMs }: { at: number; earlyMs: number },
): Changed {
  if (!isLive(reservation)) return null;
  const updated = { ...reservation, update: status };
  if (status === 'NoTransaction') return ended(updated, 'no-transaction', at);
  const isTime = at >= Date.parse(reservation.expiresAt) - earlyMs;
  return ended(updated, status === 'Expired' && isTime ? 'expired' : 'removed', at);
}

/** Its time is over: nobody came (H04; stations of 1.6 say nothing). */
export function afterExpiry(reservation: StoredReservation, at: number): Changed {
  if (!isLive(reservation) || Date.parse(reservation.expiresAt) > at) return null;
  const state = { requested: 'refused', cancelling: 'cancelled', reserved: 'expired' } as const;
  return ended({ ...reservation, answer: reservation.answer ?? 'expired' }, state[reservation.state as keyof typeof state], at);
}

/** The station was deleted: it will not be heard of again. */
export function afterDeletion(reservation: StoredReservation, at: number): Changed {
  return isLive(reservation) ? ended(reservation, 'removed', at) : null;
}

/** A session has used it, whatever was concluded before it was heard of. */
export function afterUse(reservation: StoredReservation, transaction: string, at: number): StoredReservation {
  return { ...ended(reservation, 'used', at), transaction };
}

function ended(reservation: StoredReservation, state: ReservationState, at: number): StoredReservation {
  return { ...reservation, state, endedAt: isoOf(at), dueAt: null };
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}

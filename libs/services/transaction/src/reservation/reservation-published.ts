import { TRANSACTIONS, deterministicId, type Reservation } from '@voltbus/contracts';
import { outboxEvent, type OutboxEvent } from '@voltbus/database';
import type { StoredReservation } from './domain/reservation';

/** As others see it. */
export function shownReservation(stored: StoredReservation): Reservation {
  const { command: _command, cancelCommand: _cancelCommand, dueAt: _dueAt, changes: _changes, ...reservation } = stored;
  return reservation;
}

/** Each change is an event of its own. `at`: when it was made. */
export function reservationPublished(stored: StoredReservation, at: Date): OutboxEvent {
  const id = deterministicId('reservation', stored.tenant, stored.id, stored.changes);
  return outboxEvent(TRANSACTIONS.events.reservationChanged, { id, ref: stored, time: at.toISOString(), value: shownReservation(stored) });
}

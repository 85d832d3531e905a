import type { StoredReservation } from '../domain/reservation';

/** A reservation of EVSE 1 that its station holds from 10 to 12 o'clock. */
export function reservationOf(more: Partial<StoredReservation> = {}): StoredReservation {
  return {
    ...{ id: '7b1f2a9e-0000-4000-8000-000000000001', tenant: 'default', station: 'CS-1', reservationId: 4711, evse: 1 },
    ...{ connectorType: null, idToken: 'Tag-1', groupId: null, state: 'reserved', answer: 'Accepted', cancellation: null },
    ...{ update: null, createdAt: '2026-11-30T10:00:00.000Z', expiresAt: '2026-11-30T12:00:00.000Z', endedAt: null, transaction: null },
    ...{ command: '7b1f2a9e-0000-4000-8000-0000000000c1', cancelCommand: null, dueAt: null, changes: 2 },
    ...more,
  };
}

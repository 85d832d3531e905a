import type { ReservationState } from '@voltbus/contracts';
import type { StoredReservation } from '../domain/reservation';

/** The columns of a reservation. */
export const COLUMNS = `tenant, id, station, reservation_id AS "reservationId", evse, connector_type AS "connectorType", id_token AS "idToken",
  group_id AS "groupId", state, answer, cancellation, station_update AS "update", created_at AS "createdAt", expires_at AS "expiresAt",
  ended_at AS "endedAt", transaction, command, cancel_command AS "cancelCommand", due_at AS "dueAt", changes`;

export interface ReservationRow extends Omit<StoredReservation, 'state' | 'createdAt' | 'expiresAt' | 'endedAt' | 'dueAt'> {
  state: ReservationState;
  createdAt: Date;
  expiresAt: Date;
  endedAt: Date | null;
  dueAt: Date | null;
}

/** In the order of the members of the API. */
export function toReservation(row: ReservationRow): StoredReservation {
  return {
    ...{ id: row.id, tenant: row.tenant, station: row.station, reservationId: row.reservationId, evse: row.evse },
    ...{ connectorType: row.connectorType, idToken: row.idToken, groupId: row.groupId, state: row.state, answer: row.answer },
    ...{ cancellation: row.cancellation, update: row.update, createdAt: row.createdAt.toISOString() },
    ...{ expiresAt: row.expiresAt.toISOString(), endedAt: row.endedAt?.toISOString() ?? null, transaction: row.transaction },
    ...{ command: row.command, cancelCommand: row.cancelCommand, dueAt: row.dueAt?.toISOString() ?? null, changes: row.changes },
  };
}

import type { Protocol } from '@voltbus/contracts';
import type { v16, v201, v21 } from '@voltbus/ocpp';
import type { StoredReservation } from './domain/reservation';

/** A call to a station, in its version. */
interface ReservationCall {
  action: 'ReserveNow' | 'CancelReservation';
  payload: Record<string, unknown>;
}

/** 1.6 reserves any connector by the number 0 (section 5.13). */
const ANY_CONNECTOR = 0;
/** C05: of tokens and groups that only the CSMS knows. */
const CENTRAL = 'Central';

/** H01, 1.6 section 5.13: the same id again replaces the reservation (H01.FR.02). `token`: as it is kept here; 1.6 knows no types. */
export function reserveNow(protocol: Protocol, reservation: StoredReservation, token: { type: string } | null): ReservationCall {
  const { reservationId, evse, connectorType, idToken, groupId, expiresAt } = reservation;
  if (protocol === 'ocpp1.6') {
    const group = groupId === null ? {} : { parentIdTag: groupId };
    const place = { connectorId: evse ?? ANY_CONNECTOR, expiryDate: expiresAt };
    const payload: v16.ReserveNowRequest = { ...place, idTag: idToken, ...group, reservationId };
    return { action: 'ReserveNow', payload: { ...payload } };
  }
  const payload: v21.ReserveNowRequest = {
    id: reservationId,
    expiryDateTime: expiresAt,
    ...(connectorType === null ? {} : { connectorType }),
    idToken: { idToken, type: token?.type ?? CENTRAL },
    ...(evse === null ? {} : { evseId: evse }),
    ...(groupId === null ? {} : { groupIdToken: { idToken: groupId, type: CENTRAL } }),
  };
  return { action: 'ReserveNow', payload: { ...payload } };
}

/** H02, 1.6 section 5.1: the same in every version. */
export function cancelReservation({ reservationId }: StoredReservation): ReservationCall {
  const payload: v16.CancelReservationRequest & v201.CancelReservationRequest = { reservationId };
  return { action: 'CancelReservation', payload: { ...payload } };
}

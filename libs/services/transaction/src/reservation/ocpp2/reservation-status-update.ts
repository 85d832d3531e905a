import type { v21 } from '@voltbus/ocpp';
import type { StoreMany, TypeormUnhandledMessages } from '@voltbus/service';
import type { ReservationResults } from '../reservation-results';

interface ReservationStatusUpdateParts {
  results: Pick<ReservationResults, 'onUpdate'>;
  unhandled: Pick<TypeormUnhandledMessages, 'writeMany'>;
}

/** H01.FR.16, H01.FR.17, H03.FR.11, H04.FR.01. One of a reservation that is not ours is kept as it came. */
export function reservationStatusUpdate({
  results,
  unhandled,
}: ReservationStatusUpdateParts): StoreMany<v21.ReservationStatusUpdateRequest, v21.ReservationStatusUpdateResponse> {
  return {
    shape: 'batch',
    async store(messages) {
      for (const message of messages) {
        const { reservationId, reservationUpdateStatus } = message.payload;
        const isKnown = await results.onUpdate(message.ref, reservationId, reservationUpdateStatus, message.receivedAt);
        if (!isKnown) await unhandled.writeMany([message]);
      }
    },
  };
}

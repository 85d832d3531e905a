import type { StationRef } from '@voltbus/contracts';
import { tokenIdentity } from '../authorization';
import type { TransactionTelemetry } from '../telemetry';
import { afterUse } from './domain/reservation';
import { usedReservation, type UsingSession } from './domain/used-reservation';
import { MAX_LATE_MS, MAX_LIVE } from './limits';
import type { TypeormReservations } from './store/typeorm-reservations';

interface SessionReservationsParts {
  store: Pick<TypeormReservations, 'any' | 'unit'>;
  telemetry: TransactionTelemetry;
}

/** A session as it was reported, with its token and group as they are written. */
interface ReportedUse extends Omit<UsingSession, 'token' | 'group'> {
  idToken: string | null;
  groupId: string | null;
}

/** The reservation that a session has used; `foreign`: the station named one that is another's. */
interface SessionReservation {
  id: string | null;
  foreign: boolean;
}

const NONE: SessionReservation = { id: null, foreign: false };

/** Ties sessions to the reservations that they use (H03). */
export class SessionReservations {
  constructor(private readonly parts: SessionReservationsParts) {}

  /** Within the database transaction that stores the report, under the lock of the station. */
  async use(
    manager: Parameters<TypeormReservations['unit']>[0],
    ref: StationRef,
    { idToken, groupId, ...report }: ReportedUse,
  ): Promise<SessionReservation> {
    const { store, telemetry } = this.parts;
    const since = new Date(Math.min(report.startedAt, report.receivedAt, Math.max(report.startedAt, report.receivedAt - MAX_LATE_MS)));
    // some stations write 0 where there is none; our numbers are above
    const reservationId = report.reservationId !== null && report.reservationId > 0 ? report.reservationId : null;
    if (reservationId === null && !(await store.any(manager, ref, since))) return NONE;
    const unit = store.unit(manager, ref);
    const known = await unit.usable({ since, reservationId, transaction: report.transaction }, MAX_LIVE * 2);
    const session = { ...report, reservationId, token: identityOf(idToken), group: identityOf(groupId) };
    const { reservation, foreign } = usedReservation(session, known, tokenIdentity);
    if (foreign) telemetry.foreignReservation(ref, session.transaction);
    if (reservation === null) return { id: null, foreign };
    if (reservation.transaction !== session.transaction) {
      const used = await unit.save(
        reservation,
        afterUse(reservation, session.transaction, session.receivedAt),
        new Date(session.receivedAt),
      );
      telemetry.reservationChanged(used);
    }
    return { id: reservation.id, foreign: false };
  }
}

function identityOf(text: string | null): string | null {
  return text === null ? null : tokenIdentity(text);
}

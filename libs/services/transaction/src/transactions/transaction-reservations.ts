import type { AuthorizationDecision } from '../authorization';
import type { SessionReservations } from '../reservation';
import { withFlags, type TransactionState } from './domain/transaction';
import type { TransactionUnit } from './store/typeorm-transaction-unit';
import type { TransactionMessage } from './transaction-message';

/** Finds the reservation that a session uses, once its token is known. */
export class TransactionReservations {
  constructor(private readonly sessions: Pick<SessionReservations, 'use'>) {}

  /**
   * H01.FR.15, H03, 1.6 section 4.8: the station may name the reservation in an event before or after that with the token,
   * and where it names none, the token that begins the session tells. `decision`: about the token of the message.
   */
  async follow(
    unit: TransactionUnit,
    message: TransactionMessage,
    { before, state, decision }: { before: TransactionState | null; state: TransactionState; decision: AuthorizationDecision | null },
  ): Promise<TransactionState> {
    const { report, receivedAt, offline = false } = message;
    if (state.reservation !== undefined) return state;
    const named = message.reservationId ?? before?.reservationId ?? null;
    const begins = message.token !== null && (before?.token ?? null) === null && report.kind !== 'ended';
    const isNamedNow = (message.reservationId ?? null) !== null;
    if (!isNamedNow && !begins) return named === null ? state : { ...state, reservationId: named };
    const { id, foreign } = await this.sessions.use(unit.manager, unit.ref, {
      ...{ transaction: state.id, reservationId: named, idToken: state.token?.idToken ?? null, groupId: state.token?.group ?? null },
      accepted: decision?.status === 'Accepted' && message.token?.type !== 'NoAuthorization',
      ...{ evse: state.place?.evse ?? null, startedAt: report.time.at, receivedAt: receivedAt.getTime(), offline },
    });
    return {
      ...state,
      ...(named === null ? {} : { reservationId: named }),
      ...(id === null ? {} : { reservation: id }),
      ...(foreign ? { flags: withFlags(state.flags, ['foreign-reservation']) } : {}),
    };
  }
}

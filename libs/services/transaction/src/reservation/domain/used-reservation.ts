import { isLive, type StoredReservation } from './reservation';

/** What a report about a session says of who began it, where and when. */
export interface UsingSession {
  transaction: string;
  /** The reservation that the station names. */
  reservationId: number | null;
  /** Identities, as `tokenIdentity` makes them; null: not told. */
  token: string | null;
  group: string | null;
  /** The token was accepted. */
  accepted: boolean;
  evse: number | null;
  /** By the station's clock, and ours; epoch ms. */
  startedAt: number;
  receivedAt: number;
  /** The station says that it was offline then: the time of receipt tells nothing. */
  offline: boolean;
}

/** `foreign`: the station named one that this session cannot have used. */
interface Use {
  reservation: StoredReservation | null;
  foreign: boolean;
}

/** Writes tokens and groups so that two that are the same are equal. */
type Identity = (text: string) => string;

const NONE: Use = { reservation: null, foreign: false };

/**
 * The reservation that a session uses: the one that its station names (H01.FR.15, E01.FR.13, 1.6 section 4.8), else that of
 * its token or group that held such a place when it began (H03.FR.01 to 06). One of somebody else is never used.
 */
export function usedReservation(session: UsingSession, known: readonly StoredReservation[], identity: Identity): Use {
  const own = known.find(({ transaction }) => transaction === session.transaction);
  if (own !== undefined) return { reservation: own, foreign: false };
  if (session.reservationId !== null) return named(session, known, identity);
  if (!session.accepted || session.token === null) return NONE;
  const fitting = known.filter((one) => mayBeMeant(one, session) && isHolder(one, session, identity) && heldThen(one, session));
  const [best = null] = fitting.sort((one, other) => compare(rank(one, session, identity), rank(other, session, identity)));
  return { reservation: best, foreign: false };
}

function named(session: UsingSession, known: readonly StoredReservation[], identity: Identity): Use {
  const reservation = known.find(({ reservationId }) => reservationId === session.reservationId);
  if (reservation === undefined) return NONE; // made at the station, or by another system
  if (reservation.transaction !== null || reservation.state === 'refused') return { reservation: null, foreign: true };
  if (session.token === null) return NONE; // it comes with the token
  return isHolder(reservation, session, identity) ? { reservation, foreign: false } : { reservation: null, foreign: true };
}

/** The station gives up the place of a reservation by itself, and reports so before or after the session that took it. */
function mayBeMeant(reservation: StoredReservation, { evse }: UsingSession): boolean {
  const open = isLive(reservation) || reservation.state === 'expired' || reservation.state === 'removed';
  return open && reservation.transaction === null && (reservation.evse === null || evse === null || reservation.evse === evse);
}

function isHolder({ idToken, groupId }: StoredReservation, { token, group }: UsingSession, identity: Identity): boolean {
  return identity(idToken) === token || (groupId !== null && group !== null && identity(groupId) === group);
}

/** By the clock of the station or by ours: that of a station may be a day off. */
function heldThen({ createdAt, expiresAt }: StoredReservation, { startedAt, receivedAt, offline }: UsingSession): boolean {
  const within = (at: number): boolean => at >= Date.parse(createdAt) && at <= Date.parse(expiresAt);
  return within(startedAt) || (!offline && within(receivedAt));
}

/** Its EVSE first, then its own token rather than its group, then what expires first. */
function rank(reservation: StoredReservation, { evse, token }: UsingSession, identity: Identity): readonly (number | string)[] {
  return [
    reservation.evse !== null && reservation.evse === evse ? 0 : 1,
    identity(reservation.idToken) === token ? 0 : 1,
    isLive(reservation) ? 0 : 1,
    reservation.expiresAt,
    reservation.id,
  ];
}

function compare(one: readonly (number | string)[], other: readonly (number | string)[]): number {
  for (const [nth, value] of one.entries()) {
    const against = other[nth] ?? value;
    if (value !== against) return value < against ? -1 : 1;
  }
  return 0;
}

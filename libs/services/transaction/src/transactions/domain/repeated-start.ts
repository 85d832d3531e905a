import type { TransactionState } from './transaction';
import { tokenIdentity } from '../../authorization';

/** A repeated start is looked for this long back; an open transaction is found however old it is. */
const RECENT_START_MS = 86_400_000;
/**
 * How long a station retries a start: three attempts, a minute more between each (1.6
 * `TransactionMessageAttempts`), and some.
 */
export const RESEND_MS = 10 * 60_000;

/** A start of 1.6, as it is compared. */
export interface StartMessage {
  at: number;
  /** Its clock can be believed. */
  believed: boolean;
  /** Epoch milliseconds. */
  receivedAt: number;
}

/** A session that such a start may have begun already. */
export interface BegunSession {
  state: TransactionState;
  /** When its start was received, epoch milliseconds. */
  receivedAt: number;
  /** Its station has used its id since: it got our answer, and has no reason to repeat the start. */
  named: boolean;
}

/**
 * Whether a start that equals an earlier one is a repeat of it. A clock that is believed shows an instant once. One
 * that stands still, or begins anew with every boot, shows it for every session: then the start is a repeat only while
 * the station may still wait for our answer.
 */
export function isSameStart(start: StartMessage, { state, receivedAt, named }: BegunSession): boolean {
  const apart = start.receivedAt - receivedAt;
  if (apart === 0) return true; // our own delivery, once more
  if (start.believed) return state.end === null || apart <= RECENT_START_MS;
  const unstopped = state.end === null || state.end.by === 'silent';
  return unstopped && !named && apart <= RESEND_MS;
}

/**
 * Whether a start repeats an earlier one under another time: the same card and register at a connector whose session
 * has not ended and has charged nothing, so soon after it that the station is still retrying. Only for sessions of its
 * connector.
 */
export function isRestated(
  start: StartMessage & { idToken: string; meterStartWh: number | null },
  { state, receivedAt, lastRead }: Omit<BegunSession, 'named'> & { lastRead: { wh: number } | null },
): boolean {
  const { end, token, statedStartWh } = state;
  if (end !== null || token === null || statedStartWh === null) return false;
  if (tokenIdentity(token.idToken) !== tokenIdentity(start.idToken) || statedStartWh !== start.meterStartWh) return false;
  if (lastRead !== null && lastRead.wh >= statedStartWh + 1) return false;
  const clockSet = !start.believed || state.flags.includes('clock');
  const near = (ms: number): boolean => Math.abs(ms) <= RESEND_MS;
  return near(start.receivedAt - receivedAt) && (clockSet || near(start.at - state.start.at));
}

import { tokenIdentity } from '../../authorization';
import type { Report, TransactionState } from './transaction';

/** No outlet of a car charges faster: what the register cannot have climbed is another session's. */
export const MAX_POWER_W = 400_000;
/** A stop that names nobody ends no session with more than the largest battery of a truck takes, with losses. */
export const MAX_UNNAMED_WH = 800_000;
/**
 * Clocks of a station and of its meter, and an answer under way: what may have flowed is reckoned for so much longer.
 */
const SLACK_MS = 60_000;

/** An open session, and what else is known of it. */
export interface OpenSession {
  state: TransactionState;
  /** When its start was received, epoch milliseconds. */
  receivedAt: number;
  /** The last register read in it; null: none was. */
  lastRead: { at: number; wh: number } | null;
}

/** A stop without a valid transaction id. */
interface UnnamedStop {
  report: Report;
  receivedAt: number;
  /** The group of the token that it names, as we know it. */
  tokenGroup: string | null;
}

/**
 * The open transaction that an unnamed stop ends (errata 3.18): the only one with a register in reach and the stop's
 * token or group, refused ones last. Clocks do not decide, since they may be lost with the start. Null if ambiguous.
 */
export function meantBy(stop: UnnamedStop, open: readonly OpenSession[]): TransactionState | null {
  const possible = open.filter((session) => couldBeMeant(stop, session));
  const accepted = possible.filter(({ state }) => state.token?.refused !== true);
  const [meant, another] = accepted.length > 0 ? accepted : possible;
  return another === undefined ? (meant?.state ?? null) : null;
}

/** Whether the known facts allow that the stop ends the session. */
export function couldBeMeant(stop: UnnamedStop, session: OpenSession): boolean {
  const { end } = session.state;
  if (end !== null || !mayStop(stop, session.state)) return false;
  return isInReach(stop, session);
}

function mayStop({ report: { idToken }, tokenGroup }: UnnamedStop, { token }: TransactionState): boolean {
  if (idToken === null) return true;
  if (token === null) return false;
  if (tokenIdentity(token.idToken) === tokenIdentity(idToken)) return true;
  return (
    tokenGroup !== null && token.group !== undefined && token.group !== null && tokenIdentity(token.group) === tokenIdentity(tokenGroup)
  );
}

/**
 * A register never falls, and rises no faster than an outlet charges, in the longer of the times that the two clocks
 * show.
 */
function isInReach({ report, receivedAt }: UnnamedStop, { state, receivedAt: startReceivedAt, lastRead }: OpenSession): boolean {
  const stopWh = report.meterStopWh;
  const from = lastRead ?? (state.statedStartWh === null ? null : { at: state.start.at, wh: state.statedStartWh });
  if (stopWh === null || from === null) return true;
  const gained = stopWh - from.wh;
  // before it began by its own clock, and nothing charged: that is the end of the one before
  if (gained < -1 || (gained <= 0 && report.time.at < state.start.at && report.idToken === null)) return false;
  const waited = lastRead === null || report.time.at < lastRead.at ? receivedAt - startReceivedAt : 0;
  const passedMs = Math.max(report.time.at - from.at, waited, 0) + SLACK_MS;
  const startWh = state.statedStartWh ?? from.wh;
  return gained <= (MAX_POWER_W * passedMs) / 3_600_000 && (report.idToken !== null || stopWh - startWh <= MAX_UNNAMED_WH);
}

/** How long a station has to answer GetTransactionStatus (E14) before its transaction is taken to be over. */
export const STATUS_WAIT_MS = 10 * 60_000;
/**
 * Quirk 14, 1.6 section 4.9: how long a connector may be free, and its transaction without activity, before the
 * transaction is stale.
 */
export const FREE_WAIT_MS = 3 * 60_000;
/**
 * How long a station that has connected again may take to send what it kept (E11, E12), before its transactions are
 * queried.
 */
export const RECONNECTED_WAIT_MS = 15_000;
/** A message from so shortly after the connector became free is one of the end itself. */
const END_MESSAGE_MS = 5_000;

/** An open transaction, as far as it shows whether it is stale. Times are epoch milliseconds. */
export interface OpenTransaction {
  /** Its station has GetTransactionStatus: it speaks 2.x. */
  queryable: boolean;
  /** When its last message or reading was received. */
  activeAt: number;
  /** When that happened, by the station's clock. */
  activeAtByStation: number;
  /** Since when its connector is free, by our clock and by the station's; null: it is not. */
  free: { at: number; byStation: number } | null;
  /** When its station was last asked for its status; null: never, or there was activity since. */
  queriedAt: number | null;
  /** Its station has answered that it is over, and that no message of it is kept. */
  reportedOver: boolean;
  /** Since when its station is connected; null: it is not. */
  connectedSince: number | null;
}

/**
 * Decides about an open transaction: query its station for the status, end it, or leave it. A transaction is stale
 * when it had no activity for `staleAfterMs`, or none since its connector became free. A station of 2.x is queried
 * first, also after a reconnection without new activity; on 1.6, and without an answer in time, it is ended.
 */
export function staleAction(transaction: OpenTransaction, staleAfterMs: number, now: number): 'query' | 'end' | null {
  const { queryable, queriedAt, reportedOver } = transaction;
  if (reportedOver) return 'end';
  const staleSince = staleReasons(transaction, staleAfterMs, now);
  if (!queryable) return staleSince.length > 0 ? 'end' : null;
  const reasons = [...staleSince, ...reconnectedWithoutActivity(transaction, now)];
  if (reasons.some((since) => queriedAt === null || queriedAt < since)) return 'query';
  return staleSince.length > 0 && queriedAt !== null && queriedAt < now - STATUS_WAIT_MS ? 'end' : null;
}

/** For each reason why it is stale, the instant since which a query counts for it. */
function staleReasons(transaction: OpenTransaction, staleAfterMs: number, now: number): number[] {
  const { activeAt, activeAtByStation, free } = transaction;
  const reasons: number[] = [];
  if (activeAt < now - staleAfterMs) reasons.push(now - staleAfterMs);
  const freeSince = now - FREE_WAIT_MS;
  // queued messages are from before the connector was free
  if (free !== null && free.at < freeSince && activeAt < freeSince && activeAtByStation < free.byStation + END_MESSAGE_MS)
    reasons.push(free.at);
  return reasons;
}

/** E11, E14: the station reconnected a while ago, and no activity from after that was received. */
function reconnectedWithoutActivity({ activeAt, activeAtByStation, connectedSince }: OpenTransaction, now: number): number[] {
  const waitedFrom = now - RECONNECTED_WAIT_MS;
  if (connectedSince === null || connectedSince >= waitedFrom) return [];
  const isInactive = activeAt < connectedSince || (activeAt < waitedFrom && activeAtByStation < connectedSince);
  return isInactive ? [connectedSince] : [];
}

import { ended, noted, type StationRequest } from './station-request';

/** The statuses of one kind of request, by how far each says that it is. */
export interface StatusLadder {
  /** What a retry may come back to has one rank with its failure. A status that is not here changes nothing. */
  ranks: ReadonlyMap<string, number>;
  /** The status of a good end, which may come late. */
  last: string;
  /** Why it has failed, by the status that says so. */
  failures: ReadonlyMap<string, string>;
  /** Failures that something later may take back. */
  refutable: ReadonlySet<string | null>;
  /** Failures after which the station may try the same step again. */
  retried: ReadonlySet<string | null>;
}

/** Open, or failed in a way that something later may refute. */
export function isOpen({ refutable }: StatusLadder, { endedAt, state, reason }: StationRequest): boolean {
  return endedAt === null || (state === 'failed' && refutable.has(reason));
}

/** What a status makes of a request: statuses come in any order, more than once, and late. `goesOn`: it is open by it, and its kind says in which state. */
export function climbed(
  ladder: StatusLadder,
  request: StationRequest,
  status: string,
  at: Date,
): { request: StationRequest; goesOn: boolean } {
  const next = noted(request, status, at);
  if (next === null) return { request, goesOn: false };
  const rank = ladder.ranks.get(status);
  if (rank === undefined || !takes(ladder, next, rank, at)) return { request: next, goesOn: false };
  const progressed = { ...next, progress: Math.max(rank, next.progress) };
  const failure = ladder.failures.get(status);
  if (failure === undefined) return { request: { ...progressed, reason: null, endedAt: null, nextAt: null }, goesOn: true };
  return { request: next.state === 'failed' ? next : ended(progressed, 'failed', failure, at), goesOn: false };
}

/** Whether a status of that rank changes the request. */
function takes(ladder: StatusLadder, request: StationRequest, rank: number, at: Date): boolean {
  const { ranks, last, retried } = ladder;
  if (!isOpen(ladder, request)) return false;
  if (request.endedAt === null) return rank >= request.progress;
  // a failed one goes on where the station says so in time; its end may come late
  if (at >= request.expiresAt && rank < (ranks.get(last) ?? 0)) return false;
  return rank > request.progress || (rank === request.progress && retried.has(request.reason));
}

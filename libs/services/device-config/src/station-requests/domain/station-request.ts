import type { StationRef } from '@voltbus/contracts';
import { MAX_STATUSES, MAX_TRIES, RESULT_GRACE_MS, RETRY_MS, UNANSWERED_MS } from '../limits';

/** `waiting` for its station; `sent`; `accepted`; `running`; `verifying`: reported done, and not shown yet; then one of the ends. */
export const REQUEST_STATES = ['waiting', 'sent', 'accepted', 'running', 'verifying', 'succeeded', 'failed', 'cancelled'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** A status that a station reported, as often as it did so in a row. Times are ISO 8601. */
interface ReportedStatus {
  status: string;
  at: string;
  lastAt: string;
  times: number;
}

/** Something that a station is asked to do, which takes longer than its answer. */
export interface StationRequest extends StationRef {
  id: string;
  kind: 'firmware' | 'log' | 'customer-information' | 'reset' | 'publication' | 'unpublication';
  requestId: number;
  /** What it is about: the name of an image, the type of a log or of a reset. */
  subject: string;
  /** What is asked, as its kind has it. */
  body: Readonly<Record<string, unknown>>;
  requestedBy: string;
  state: RequestState;
  /** Why it failed or was cancelled; null otherwise. */
  reason: string | null;
  /** How far the statuses say it is; grows. */
  progress: number;
  statuses: readonly ReportedStatus[];
  /** The command that carries it; null: none is under way. */
  command: string | null;
  tries: number;
  createdAt: Date;
  /** When it is sent, or sent again; null: not. */
  nextAt: Date | null;
  /** When it was first sent; null again where that is known not to have reached the station. */
  sentAt: Date | null;
  acceptedAt: Date | null;
  /** When the station first reported that it is done. */
  doneAt: Date | null;
  endedAt: Date | null;
  /** Then it has failed. */
  expiresAt: Date;
  /** The boot of the station that was looked at last. */
  bootAt: Date | null;
}

/** How the attempt to deliver it ended without an answer. */
type Undelivered = 'not-reached' | 'unanswered' | 'error';

const later = (at: Date, ms: number): Date => new Date(at.getTime() + ms);

export function isDelivered({ sentAt }: StationRequest): boolean {
  return sentAt !== null;
}

/** A command under way is sent again under its own id: where it went out already, that changes nothing. */
export function sending(request: StationRequest, { newId, at }: { newId: string; at: Date }): StationRequest & { command: string } {
  const state = request.state === 'waiting' ? 'sent' : request.state;
  const isRepeat = request.command !== null;
  return {
    ...request,
    state,
    command: request.command ?? newId,
    tries: request.tries + (isRepeat ? 0 : 1),
    sentAt: request.sentAt ?? at,
    nextAt: later(at, UNANSWERED_MS),
  };
}

export function undelivered(request: StationRequest, how: Undelivered, { at, error }: { at: Date; error: string }): StationRequest {
  if (request.endedAt !== null) return request;
  // a station that reports on it has it, whatever became of the answer
  if (request.progress > 0) return { ...request, command: null, nextAt: null };
  if (how !== 'not-reached' && request.tries >= MAX_TRIES) return ended(request, 'failed', error, at);
  const [tries, wait] = how === 'not-reached' ? [request.tries - 1, RETRY_MS] : [request.tries, UNANSWERED_MS];
  const state = how === 'unanswered' ? 'sent' : 'waiting';
  const sentAt = tries === 0 ? null : request.sentAt;
  return { ...request, state, command: null, tries, sentAt, nextAt: later(at, wait) };
}

export function accepted(request: StationRequest, { at, until }: { at: Date; until: Date }): StationRequest {
  if (request.endedAt !== null || request.acceptedAt !== null) return request;
  const state = request.state === 'sent' || request.state === 'waiting' ? 'accepted' : request.state;
  return { ...request, state, acceptedAt: at, nextAt: null, expiresAt: until };
}

export function ended(
  request: StationRequest,
  state: 'succeeded' | 'failed' | 'cancelled',
  reason: string | null,
  at: Date,
): StationRequest {
  return { ...request, state, reason, endedAt: at, nextAt: null };
}

/** The request with the status in its history; null: it has it already, because the message came twice. */
export function noted(request: StationRequest, status: string, at: Date): StationRequest | null {
  const time = at.toISOString();
  const { statuses } = request;
  if (statuses.some((one) => one.status === status && one.at <= time && time <= one.lastAt)) return null;
  const last = statuses.at(-1);
  const repeated = last?.status === status && last.lastAt < time;
  const entry = repeated ? { ...last, lastAt: time, times: last.times + 1 } : { status, at: time, lastAt: time, times: 1 };
  const before = repeated ? statuses.slice(0, -1) : statuses;
  return { ...request, statuses: [...before, entry].slice(-MAX_STATUSES) };
}

/** A request that is overdue has failed: it was never delivered, or its end was never seen. */
export function overdue(request: StationRequest, at: Date): StationRequest {
  if (request.endedAt !== null || request.expiresAt > at) return request;
  const isOnItsWay = request.command !== null && request.acceptedAt === null && request.progress === 0;
  if (isOnItsWay && later(request.expiresAt, RESULT_GRACE_MS) > at) return request;
  const isOpen = request.state === 'waiting' || request.state === 'sent';
  const reason = request.state === 'verifying' ? 'not-confirmed' : isOpen ? 'expired' : 'timed-out';
  return ended(request, 'failed', reason, at);
}

import type { SealedUrl } from '../../stations/sealed-url';
import { ended, noted, type Retries, type StationRequest } from '../../station-requests';
import { FILE_WAIT_MS, LATE_FILE_MS, REBOOT_MS } from '../limits';

export const LOG_TYPES = ['DiagnosticsLog', 'SecurityLog', 'DataCollectorLog'] as const;
export type LogType = (typeof LOG_TYPES)[number];

/** Why the last upload to our address did not lead to a file. */
export const UPLOAD_FAULTS = ['too-large', 'empty', 'interrupted', 'too-slow', 'no-room', 'not-readable'] as const;
export type UploadFault = (typeof UPLOAD_FAULTS)[number];

/** What is asked for of a log, and what is known of it beside its states. */
export interface LogBody extends Retries {
  /** Entries from and to, ISO 8601; null: all. */
  from: string | null;
  to: string | null;
  /** An operator's server: as it is shown, and encrypted where it has a secret. Null: an address of our own. */
  uploadTo: SealedUrl | null;
  /** Hours that the station may take. */
  runHours: number;
  /** As the station named the file in its answer; null: it did not. */
  fileName: string | null;
  uploadFault: UploadFault | null;
  /** When the station booted while it had not ended, ISO 8601. */
  rebootedAt: string | null;
}

const HOUR_MS = 3_600_000;
const FAILURES: ReadonlyMap<string, string> = new Map([
  ['UploadFailure', 'upload-failed'],
  ['UploadFailed', 'upload-failed'],
  ['BadMessage', 'bad-message'],
  ['NotSupportedOperation', 'operation-not-supported'],
  ['PermissionDenied', 'permission-denied'],
]);
/** Failures that a later status or the file itself takes back, because the station tries again. */
const REPORTED: ReadonlySet<string | null> = new Set([...FAILURES.values(), 'timed-out', 'not-confirmed', 'no-answer', 'no-log']);

export function bodyOf(request: StationRequest): LogBody {
  return request.body as unknown as LogBody; // the store of this kind has no others
}

function withBody(request: StationRequest, changes: Partial<LogBody>): StationRequest {
  return { ...request, body: { ...request.body, ...changes } };
}

/** Until when a station that accepts the request then may take. */
export function runsUntil(request: StationRequest, at: Date): Date {
  return new Date(at.getTime() + bodyOf(request).runHours * HOUR_MS);
}

/** Whether a file for it is received now: its address was sent, and no whole file has come to it. */
export function takesFile(request: StationRequest, at: Date): boolean {
  const { sentAt, endedAt, state } = request;
  if (sentAt === null || bodyOf(request).uploadTo !== null) return false;
  return endedAt === null || (state === 'failed' && at.getTime() - endedAt.getTime() < LATE_FILE_MS);
}

/** What a status makes of a request (N01, 1.6 section 4.4): statuses come in any order, more than once, and late. */
export function reported(request: StationRequest, status: string, at: Date): StationRequest {
  const next = noted(request, status, at);
  if (next === null) return request;
  if (!isOpen(next, at)) return next;
  if (status === 'AcceptedCanceled') return next.endedAt === null ? ended(next, 'cancelled', 'superseded', at) : next;
  const failure = FAILURES.get(status);
  if (failure !== undefined) {
    // a failure that is reported after the end was is late
    const isNews = next.endedAt === null && next.state !== 'verifying';
    return isNews ? ended({ ...next, progress: 1 }, 'failed', failure, at) : next;
  }
  if (status === 'Uploading') return running(next, at);
  return status === 'Uploaded' ? done(next, at) : next;
}

function running(request: StationRequest, at: Date): StationRequest {
  if (request.state === 'verifying') return request;
  const { rebootedAt } = bodyOf(request);
  // a station that goes on after its boot has its time again
  const expiresAt = rebootedAt === null ? request.expiresAt : runsUntil(request, request.acceptedAt ?? at);
  return { ...reopened(request), state: 'running', progress: Math.max(1, request.progress), expiresAt };
}

/** Of an operator's server nothing else will be known; at our address the file itself counts. */
function done(request: StationRequest, at: Date): StationRequest {
  const verifying: StationRequest = { ...reopened(request), state: 'verifying', progress: 2, doneAt: request.doneAt ?? at };
  if (bodyOf(request).uploadTo !== null) return ended(verifying, 'succeeded', null, at);
  return { ...verifying, expiresAt: new Date(Math.min(request.expiresAt.getTime(), at.getTime() + FILE_WAIT_MS)) };
}

/** The whole file is here, whatever was reported of it. */
export function received(request: StationRequest, at: Date): StationRequest {
  if (request.state === 'succeeded' || request.state === 'cancelled') return request;
  return ended(withBody({ ...request, reason: null, doneAt: request.doneAt ?? at }, { uploadFault: null }), 'succeeded', null, at);
}

/** An upload to our address has come to nothing; the station may try again. */
export function uploadFailed(request: StationRequest, uploadFault: UploadFault): StationRequest {
  return request.state === 'succeeded' ? request : withBody(request, { uploadFault });
}

/** The station has booted since: most forget what they were at, and some go on. */
export function rebooted(request: StationRequest, bootedAt: Date | null): StationRequest {
  const seen = { ...request, bootAt: bootedAt };
  if (request.endedAt !== null || request.acceptedAt === null || bootedAt === null || bootedAt <= request.acceptedAt) return seen;
  const expiresAt = new Date(Math.min(request.expiresAt.getTime(), bootedAt.getTime() + REBOOT_MS));
  return withBody({ ...seen, expiresAt }, { rebootedAt: bootedAt.toISOString() });
}

function isOpen({ endedAt, state, reason, expiresAt }: StationRequest, at: Date): boolean {
  return endedAt === null || (state === 'failed' && REPORTED.has(reason) && at < expiresAt);
}

function reopened(request: StationRequest): StationRequest {
  return { ...request, reason: null, endedAt: null, nextAt: null };
}

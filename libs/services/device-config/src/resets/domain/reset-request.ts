import { ended, type RequestedStation, type StationRequest } from '../../station-requests';
import { CONFIRM_MS } from '../limits';

/** `OnIdle`: when no session runs. `Immediate`: sessions are ended. `ImmediateAndResume`: they go on afterwards (2.1). `Hard`: 1.6, sessions may be lost. */
export const RESET_TYPES = ['OnIdle', 'Immediate', 'ImmediateAndResume', 'Hard'] as const;
export type ResetType = (typeof RESET_TYPES)[number];

/** What is asked for of a reset, and what is known of it beside its states. */
export interface ResetBody {
  /** The EVSE; null: the station. */
  evse: number | null;
  /** Hours that the station may take. */
  runHours: number;
  /** The station answered that it resets later. */
  scheduled: boolean;
  /** Of the boot that ended it, as the station named it. */
  bootReason: string | null;
}

/** A state of a connector of the EVSE, as it was received. */
export interface EvseReport {
  status: string;
  receivedAt: Date;
}

const HOUR_MS = 3_600_000;
const UNAVAILABLE = 'Unavailable';
/** Boots that a reset by us causes (2.x). */
const OF_RESET: ReadonlySet<string | null> = new Set(['RemoteReset', 'ScheduledReset']);
/** Failures that a boot takes back: the station restarted later than was waited for, or its answer was lost. */
const TAKEN_BACK: ReadonlySet<string | null> = new Set(['timed-out', 'no-answer', 'expired']);

export function bodyOf(request: StationRequest): ResetBody {
  return request.body as unknown as ResetBody; // the store of this kind has no others
}

/** Until when a station that accepts it then may take: one that waits for the end of sessions has its hours, any other restarts within minutes. */
export function runsUntil(request: StationRequest, at: Date): Date {
  const { runHours, scheduled } = bodyOf(request);
  const mayWait = scheduled || request.subject === 'OnIdle';
  return new Date(at.getTime() + (mayWait ? runHours * HOUR_MS : CONFIRM_MS));
}

/** The answer of the station. `Scheduled`: B12.FR.01. */
export function answered(request: StationRequest, status: string | undefined): StationRequest {
  return status === 'Scheduled' ? { ...request, body: { ...request.body, scheduled: true } } : request;
}

/** The station has restarted after it was told to: that counts more than what it answered. One that did not accept it has restarted for it only if it says so. */
export function restarted(request: StationRequest, { bootedAt, rebootedAt, bootReason }: RequestedStation, at: Date): StationRequest {
  const seen = { ...request, bootAt: bootedAt };
  if (request.sentAt === null || rebootedAt === null || rebootedAt <= request.sentAt) return seen;
  const isOfReset = OF_RESET.has(bootReason);
  const isOpen = request.endedAt === null && (request.acceptedAt !== null || isOfReset || bootReason === null);
  const isTakenBack = request.state === 'failed' && TAKEN_BACK.has(request.reason) && isOfReset;
  if (!isOpen && !isTakenBack) return seen;
  const done = { ...seen, doneAt: request.doneAt ?? rebootedAt, body: { ...request.body, bootReason } };
  return ended(done, 'succeeded', null, at);
}

/** What its EVSE reported since it was sent, in order: it is unavailable during its reset, and something else afterwards (B11.FR.08). */
export function shownByEvse(request: StationRequest, reports: readonly EvseReport[], at: Date): StationRequest {
  const since = request.sentAt; // the answer may be heard of after what follows it
  if (request.endedAt !== null || request.acceptedAt === null || since === null || bodyOf(request).evse === null) return request;
  const later = reports.filter(({ receivedAt }) => receivedAt >= since);
  const gone = later.findIndex(({ status }) => status === UNAVAILABLE);
  if (gone < 0) return request;
  const back = later.slice(gone).find(({ status }) => status !== UNAVAILABLE);
  if (back === undefined) return request.state === 'running' ? request : { ...request, state: 'running', progress: 1 };
  return ended({ ...request, progress: 2, doneAt: back.receivedAt }, 'succeeded', null, at);
}

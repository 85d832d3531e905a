import { countParts, hasPart, isWhole, withPart, type PartRanges } from '../../device-model';
import { LATE_MS, ended, type StationRequest } from '../../station-requests';
import { MAX_CHARACTERS, MAX_PARTS } from '../limits';

/** Whom a request is about: exactly one of them (N09.FR.04, N10.FR.08). */
export interface Customer {
  idToken: { idToken: string; type: string } | null;
  customerIdentifier: string | null;
  customerCertificate: Readonly<Record<string, string>> | null;
}

/** What is asked, and what has been reported so far. */
interface CustomerBody extends Customer {
  report: boolean;
  clear: boolean;
  /** Hours that the station may take from its acceptance. */
  runHours: number;
  received: PartRanges;
  lastPart: number | null;
  /** Characters of the parts that are kept. */
  characters: number;
  /** Parts beyond what is kept of one report. */
  notKept: number;
  /** Somebody has removed the report: nothing more of it is kept. */
  removed: boolean;
}

/** A part of a report, as it arrives. */
interface CustomerPart {
  seqNo: number;
  tbc: boolean;
  data: string;
}

const HOUR_MS = 3_600_000;
/** A report that comes after such an end takes it back. */
const TAKEN_BACK: ReadonlySet<string | null> = new Set(['timed-out', 'expired', 'no-answer', 'station-error']);

export const NOTHING_RECEIVED = { received: [], lastPart: null, characters: 0, notKept: 0, removed: false } as const;

export function bodyOf(request: StationRequest): CustomerBody {
  return request.body as unknown as CustomerBody; // the store of this kind has no others
}

/** Until when a station that accepts the request then may report. */
export function runsUntil(request: StationRequest, at: Date): Date {
  return new Date(at.getTime() + bodyOf(request).runHours * HOUR_MS);
}

/** N10: a station that only clears has nothing to report, so its acceptance is the end. */
export function afterAcceptance(request: StationRequest, at: Date): StationRequest {
  return request.endedAt !== null || bodyOf(request).report ? request : ended(request, 'succeeded', null, at);
}

export function parts(request: StationRequest): number {
  return countParts(bodyOf(request).received);
}

/** The request with a part of its report; `kept`: its text is to be stored. Parts come in any order, twice, and late. */
export function withReportPart(request: StationRequest, part: CustomerPart, at: Date): { request: StationRequest; kept: boolean } {
  const body = bodyOf(request);
  if (!takesParts(request, at) || hasPart(body.received, part.seqNo)) return { request, kept: false };
  const received = part.seqNo < MAX_PARTS ? withPart(body.received, part.seqNo) : body.received;
  const hasRoom = hasPart(received, part.seqNo) && body.characters + part.data.length <= MAX_CHARACTERS;
  const kept = hasRoom && !body.removed;
  const lastPart = part.tbc ? body.lastPart : Math.max(part.seqNo, body.lastPart ?? 0);
  const counted = kept ? { characters: body.characters + part.data.length } : { notKept: body.notKept + 1 };
  const next = { ...request, body: { ...body, received, lastPart, ...counted } };
  return { request: progressed(next, isWhole(received, lastPart), at), kept };
}

function progressed(request: StationRequest, whole: boolean, at: Date): StationRequest {
  if (request.state === 'succeeded') return request;
  const running: StationRequest = { ...request, state: 'running', reason: null, endedAt: null, nextAt: null, progress: 1 };
  return whole ? ended({ ...running, doneAt: at }, 'succeeded', null, at) : running;
}

function takesParts(request: StationRequest, at: Date): boolean {
  const { state, reason, endedAt } = request;
  if (!bodyOf(request).report || state === 'cancelled') return false;
  if (endedAt === null) return true;
  return at.getTime() - endedAt.getTime() < LATE_MS && (state === 'succeeded' || TAKEN_BACK.has(reason));
}

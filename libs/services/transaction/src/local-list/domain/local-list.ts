import { LARGEST_STATION_NUMBER, type Command, type Protocol } from '@voltbus/contracts';

export const MODES = ['off', 'tokens'] as const;
export type Mode = (typeof MODES)[number];
export const STATES = ['off', 'in-sync', 'pending', 'not-supported', 'disabled', 'too-long', 'failed'] as const;
export type State = (typeof STATES)[number];

/** Refusals in a row after which only an operator makes it go on. */
export const MAX_ATTEMPTS = 5;
/** After the first refusal, the second ...; the last is the end of it. */
const BACK_OFF_MS: readonly number[] = [60_000, 300_000, 1_800_000, 7_200_000];
/** A station that did not answer is asked again when it connects, or after this. */
export const UNANSWERED_MS = 3_600_000;
/** A list that is too long is counted again. */
export const TOO_MANY_MS = 3_600_000;

/** What a station is asked. A Full or Differential brings it from `base` to `upTo`. */
export type Step = { kind: 'version' } | { kind: 'full' | 'differential'; base: number; upTo: number };
export type Kind = Step['kind'];

/** A station's list as far as we know. Versions are numbers of changes of the tenant's tokens. */
export interface LocalList {
  mode: Mode;
  connected: boolean;
  protocol: Protocol | null;
  /** What the station has; null: not known. 0: nothing. */
  version: number | null;
  /** Removals up to here need not be said: a Full has cleared them. */
  cleared: number;
  /** Where a list in parts leads; up to there nothing is waited for. */
  target: number;
  /** It must be asked what it has first. */
  asks: boolean;
  /** Only a Full helps. */
  whole: boolean;
  /** Version of a Full that was not answered: a station that has it took it. */
  unproven: number | null;
  standing: 'works' | 'not-supported' | 'failed';
  /** Refusals since it was last in sync. */
  attempts: number;
  retryAt: Date | null;
  lastOutcome: string | null;
  /** Under way. */
  step: Step | null;
}

/** The tenant's tokens, by their changes. */
export interface Changes {
  revision: number;
  /** Removals up to here are not known any more. */
  forgotten: number;
  /** No change for a moment, or changes for too long. */
  quiet: boolean;
}

/**
 * An operator wants it, or wants it again whatever it has come to. What the station has may be another backend's: all
 * of it is replaced (D01).
 */
export function switchedOn(list: LocalList): LocalList {
  const fresh = { ...list, mode: 'tokens', connected: true, standing: 'works', attempts: 0, retryAt: null } as const;
  return { ...fresh, asks: true, whole: true, unproven: null, version: null, cleared: 0, target: 0, lastOutcome: null };
}

/** An operator wants all of it sent. */
export function forced(list: LocalList): LocalList {
  return { ...list, connected: true, standing: 'works', attempts: 0, retryAt: null, whole: true, unproven: null };
}

/** What to ask for next; nothing while something is under way, or nothing is to be gained. */
export function nextStep(list: LocalList, { revision, forgotten, quiet }: Changes, now: Date): Kind | null {
  const { version, target } = list;
  if (!ready(list, now)) return null;
  if (list.asks || version === null) return 'version';
  if (list.whole || version === 0 || version > revision) return 'full';
  if (version === revision || !(quiet || version < target)) return null;
  return version < forgotten ? 'full' : 'differential';
}

function ready({ mode, connected, step, standing, attempts, retryAt }: LocalList, now: Date): boolean {
  if (mode === 'off' || !connected || step !== null || standing === 'not-supported') return false;
  return attempts < MAX_ATTEMPTS && (retryAt === null || retryAt <= now);
}

/** The step is under way; a request that arrives meanwhile is served after it. */
export function planned(list: LocalList, step: Step, revision: number): LocalList {
  const { kind } = step;
  return kind === 'version' ? { ...list, step, asks: false } : { ...list, step, whole: false, unproven: null, target: revision };
}

/** More than anybody can be sent. Not the station's fault: counted again later, as often as it takes. */
export function tooMany(list: LocalList, tokens: number, now: Date): LocalList {
  return { ...list, standing: 'failed', lastOutcome: `more than ${tokens} tokens`, retryAt: later(now, TOO_MANY_MS) };
}

/**
 * D01.FR.12: part of a list would let some drivers charge offline and turn others away, and nobody could say whom.
 * Counted again when it connects, and later.
 */
export function tooLong(list: LocalList, room: number, now: Date): LocalList {
  return { ...list, lastOutcome: `more than the ${room} tokens that the station takes`, retryAt: later(now, TOO_MANY_MS) };
}

/** What a station says of its list, as far as it has said. */
interface ListCapabilities {
  listAvailable?: boolean;
  listEnabled?: boolean;
  maxEntries?: number;
}

/** D01.FR.13: it has no list, or does not use it. */
export function takesNone({ listAvailable, listEnabled }: ListCapabilities): boolean {
  return listAvailable === false || listEnabled === false;
}

type End = Pick<Command, 'status' | 'response' | 'error'>;

/** How what was under way ended. */
export function afterResult(before: LocalList, end: End, now: Date): LocalList {
  const { step } = before;
  if (step === null) return before;
  const list = { ...before, step: null };
  if (end.status === 'answered') return step.kind === 'version' ? reported(list, end.response, now) : sent(list, step, end.response, now);
  if (end.status === 'error') return errored(list, step, end.error?.code ?? 'error', now);
  const unanswered = unsettled({ ...list, lastOutcome: end.status }, step);
  return end.status === 'offline' ? { ...unanswered, connected: false } : { ...unanswered, retryAt: later(now, UNANSWERED_MS) };
}

/** The answer never came, not even word that it never will. */
export function afterLostResult(list: LocalList, now: Date): LocalList {
  return afterResult(list, { status: 'unknown', response: null, error: null }, now);
}

/** D02; 1.6 section 5.10: 0 is an empty list, -1 none at all. */
function reported(list: LocalList, response: unknown, now: Date): LocalList {
  const { listVersion, versionNumber } = (response ?? {}) as { listVersion?: unknown; versionNumber?: unknown }; // narrowed below
  const version = listVersion ?? versionNumber;
  if (typeof version !== 'number' || !Number.isInteger(version)) return refused(list, 'version', 'no version', now);
  const told = { ...list, protocol: spoken(list.protocol, listVersion !== undefined), lastOutcome: `version ${version}` };
  if (version < 0) return { ...told, standing: 'not-supported' };
  // a version of its own may be any number; columns hold no larger one, and to us they are all none of ours
  const known = Math.min(version, LARGEST_STATION_NUMBER);
  const whole = known !== list.unproven && (list.whole || !isOurs(list, known));
  return { ...told, version: known, cleared: clearedAt(list, known), whole, unproven: null };
}

/** The members of the answer show the family where no connection event has given the version. */
function spoken(protocol: Protocol | null, is16: boolean): Protocol {
  if (protocol !== null && (protocol === 'ocpp1.6') === is16) return protocol;
  return is16 ? 'ocpp1.6' : 'ocpp2.0.1';
}

/**
 * A version that we have sent, once all of its list was ours. One from beyond what was ever sent is another backend's,
 * whatever it holds.
 */
function isOurs({ version, target }: LocalList, reportedVersion: number): boolean {
  return version !== null && reportedVersion <= Math.max(version, target);
}

/** An older list than the last we know of still has what was removed since. */
function clearedAt({ version, cleared, unproven, target }: LocalList, reportedVersion: number): number {
  if (reportedVersion === version) return cleared;
  return reportedVersion === unproven ? target : 0;
}

type Sent = Exclude<Step, { kind: 'version' }>;

function sent(list: LocalList, { kind, upTo }: Sent, response: unknown, now: Date): LocalList {
  const { status } = (response ?? {}) as { status?: unknown }; // one of four words; any other is a refusal
  if (status === 'NotSupported') return { ...list, standing: 'not-supported', lastOutcome: status };
  if (status !== 'Accepted') return refused(list, kind, typeof status === 'string' ? status : 'no status', now);
  const whole = list.whole || doubtful(list, kind);
  const accepted = { ...list, version: upTo, cleared: kind === 'full' ? list.target : list.cleared, whole, lastOutcome: status };
  // a station that refuses part after part must not be sent the first for ever
  return upTo < list.target ? accepted : { ...accepted, standing: 'works', attempts: 0 };
}

function errored(list: LocalList, { kind }: Step, code: string, now: Date): LocalList {
  if (code === 'NotSupported' || code === 'NotImplemented') return { ...list, standing: 'not-supported', lastOutcome: code };
  return refused(list, kind, code, now);
}

/** D01.FR.03, D01.FR.11: a Differential that is refused is followed by a Full; what is refused again costs patience. */
function refused(list: LocalList, kind: Kind, outcome: string, now: Date): LocalList {
  const attempts = list.attempts + 1;
  const again = { ...list, attempts, lastOutcome: outcome, ...(kind === 'version' ? { asks: true } : { whole: true }) };
  if (kind === 'differential' && attempts === 1) return again;
  return { ...again, standing: 'failed', retryAt: later(now, BACK_OFF_MS[attempts - 1] ?? 0) };
}

/**
 * The outcome is unknown, so the list version is queried. It proves the step unless the station had that version
 * before.
 */
function unsettled(list: LocalList, step: Step): LocalList {
  if (step.kind !== 'full') return { ...list, asks: true, whole: list.whole || doubtful(list, step.kind) };
  return { ...list, asks: true, whole: true, unproven: list.version === step.upTo ? null : step.upTo };
}

/**
 * The station reconnected while a Differential was on its way, and may have taken it after losing the list that it
 * builds on: no version shows that.
 */
function doubtful({ asks }: LocalList, kind: Kind): boolean {
  return asks && kind === 'differential';
}

/** As an operator is shown it. `entries`: how many tokens it stands for. */
export function stateOf(list: LocalList, revision: number, words: ListCapabilities, entries: number): State {
  if (list.mode === 'off') return 'off';
  if (takesNone(words)) return words.listAvailable === false ? 'not-supported' : 'disabled';
  const { standing } = list;
  if (standing === 'works' && list.version === revision && !list.asks && !list.whole && list.step === null) return 'in-sync';
  if (entries > (words.maxEntries ?? Infinity)) return 'too-long';
  return standing === 'works' ? 'pending' : standing;
}

function later(instant: Date, ms: number): Date {
  return new Date(instant.getTime() + ms);
}

import { LARGEST_STATION_NUMBER, type Command, type Protocol } from '@voltbus/contracts';

export const MODES = ['off', 'tokens'] as const;
export type Mode = (typeof MODES)[number];
export const STATES = ['off', 'in-sync', 'pending', 'not-supported', 'disabled', 'too-long', 'failed'] as const;
export type State = (typeof STATES)[number];

/** After this many refusals in a row only an operator can resume the list. */
export const MAX_ATTEMPTS = 5;
/** The wait after the first refusal, the second and so on; after the last nothing is retried. */
const BACK_OFF_MS: readonly number[] = [60_000, 300_000, 1_800_000, 7_200_000];
/** A station that did not answer is queried again when it connects, or after this time. */
export const UNANSWERED_MS = 3_600_000;
/** Time after which the entries of a list that is too long are counted again. */
export const TOO_MANY_MS = 3_600_000;

/** A command to the station. A Full or Differential brings its list from version `base` to `upTo`. */
export type Step = { kind: 'version' } | { kind: 'full' | 'differential'; base: number; upTo: number };
export type Kind = Step['kind'];

/** A station's list as far as it is known. A version is the number of a change of the tenant's tokens. */
export interface LocalList {
  mode: Mode;
  connected: boolean;
  protocol: Protocol | null;
  /** The version at the station; null: not known, 0: an empty list. */
  version: number | null;
  /** Removals up to this version need not be sent: a Full has cleared them. */
  cleared: number;
  /** The version to which a list in parts leads; its parts follow each other without a wait. */
  target: number;
  /** The version must be queried first. */
  asks: boolean;
  /** A Full is needed. */
  whole: boolean;
  /** Version of a Full that was not answered: a station that reports it has accepted it. */
  unproven: number | null;
  standing: 'works' | 'not-supported' | 'failed';
  /** Refusals since it was last in sync. */
  attempts: number;
  retryAt: Date | null;
  lastOutcome: string | null;
  /** The step that awaits its result. */
  step: Step | null;
}

/** The tenant's tokens, by their changes. */
export interface Changes {
  revision: number;
  /** Removals up to this change are deleted. */
  forgotten: number;
  /** The changes have paused, or have gone on too long to wait. */
  quiet: boolean;
}

/**
 * An operator switches the list on, or on again after a failure. The list at the station may be another backend's, so
 * all of it is replaced (D01).
 */
export function switchedOn(list: LocalList): LocalList {
  const fresh = { ...list, mode: 'tokens', connected: true, standing: 'works', attempts: 0, retryAt: null } as const;
  return { ...fresh, asks: true, whole: true, unproven: null, version: null, cleared: 0, target: 0, lastOutcome: null };
}

/** An operator forces a Full. */
export function forced(list: LocalList): LocalList {
  return { ...list, connected: true, standing: 'works', attempts: 0, retryAt: null, whole: true, unproven: null };
}

/** The next step; null while one is under way, or none is needed or possible. */
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

/** The tenant has more tokens than a list may have. This is no refusal of the station: it is counted again later. */
export function tooMany(list: LocalList, tokens: number, now: Date): LocalList {
  return { ...list, standing: 'failed', lastOutcome: `more than ${tokens} tokens`, retryAt: later(now, TOO_MANY_MS) };
}

/**
 * D01.FR.12: part of a list would let an unpredictable part of the drivers charge offline, so none is sent. The entries
 * are counted again when the station connects, and later.
 */
export function tooLong(list: LocalList, room: number, now: Date): LocalList {
  return { ...list, lastOutcome: `more than the ${room} tokens that the station takes`, retryAt: later(now, TOO_MANY_MS) };
}

/** The list capabilities that a station has reported; the others are left out. */
interface ListCapabilities {
  listAvailable?: boolean;
  listEnabled?: boolean;
  maxEntries?: number;
}

/** D01.FR.13: the station has no list, or does not use it. */
export function takesNone({ listAvailable, listEnabled }: ListCapabilities): boolean {
  return listAvailable === false || listEnabled === false;
}

type End = Pick<Command, 'status' | 'response' | 'error'>;

/** Applies the result of the step under way. */
export function afterResult(before: LocalList, end: End, now: Date): LocalList {
  const { step } = before;
  if (step === null) return before;
  const list = { ...before, step: null };
  if (end.status === 'answered') return step.kind === 'version' ? reported(list, end.response, now) : sent(list, step, end.response, now);
  if (end.status === 'error') return errored(list, step, end.error?.code ?? 'error', now);
  const unanswered = withUnknownOutcome({ ...list, lastOutcome: end.status }, step);
  return end.status === 'offline' ? { ...unanswered, connected: false } : { ...unanswered, retryAt: later(now, UNANSWERED_MS) };
}

/** The router never published a result of the command. */
export function afterLostResult(list: LocalList, now: Date): LocalList {
  return afterResult(list, { status: 'unknown', response: null, error: null }, now);
}

/** D02; 1.6 section 5.10: 0 is an empty list, -1 none at all. */
function reported(list: LocalList, response: unknown, now: Date): LocalList {
  const { listVersion, versionNumber } = (response ?? {}) as { listVersion?: unknown; versionNumber?: unknown }; // narrowed below
  const version = listVersion ?? versionNumber;
  if (typeof version !== 'number' || !Number.isInteger(version)) return refused(list, 'version', 'no version', now);
  const updated = { ...list, protocol: spoken(list.protocol, listVersion !== undefined), lastOutcome: `version ${version}` };
  if (version < 0) return { ...updated, standing: 'not-supported' };
  // another backend's version may be any number; a larger one does not fit the column, and none of them is ours
  const known = Math.min(version, LARGEST_STATION_NUMBER);
  const whole = known !== list.unproven && (list.whole || !isOurs(list, known));
  return { ...updated, version: known, cleared: clearedAt(list, known), whole, unproven: null };
}

/** The members of the answer show the family where no connection event has given the version. */
function spoken(protocol: Protocol | null, is16: boolean): Protocol {
  if (protocol !== null && (protocol === 'ocpp1.6') === is16) return protocol;
  return is16 ? 'ocpp1.6' : 'ocpp2.0.1';
}

/**
 * Whether a reported version is one that we have sent. A version above every one that was sent is another backend's.
 */
function isOurs({ version, target }: LocalList, reportedVersion: number): boolean {
  return version !== null && reportedVersion <= Math.max(version, target);
}

/** A list older than the last known one still has the tokens that were removed since. */
function clearedAt({ version, cleared, unproven, target }: LocalList, reportedVersion: number): number {
  if (reportedVersion === version) return cleared;
  return reportedVersion === unproven ? target : 0;
}

type Sent = Exclude<Step, { kind: 'version' }>;

function sent(list: LocalList, { kind, upTo }: Sent, response: unknown, now: Date): LocalList {
  const { status } = (response ?? {}) as { status?: unknown }; // one of four values; any other is a refusal
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

/** D01.FR.03, D01.FR.11: a Differential that is refused is followed by a Full; each further refusal by a wait. */
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
function withUnknownOutcome(list: LocalList, step: Step): LocalList {
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

/** The state that the API shows. `entries`: the number of tokens in the list. */
export function stateOf(list: LocalList, revision: number, capabilities: ListCapabilities, entries: number): State {
  if (list.mode === 'off') return 'off';
  if (takesNone(capabilities)) return capabilities.listAvailable === false ? 'not-supported' : 'disabled';
  const { standing } = list;
  if (standing === 'works' && list.version === revision && !list.asks && !list.whole && list.step === null) return 'in-sync';
  if (entries > (capabilities.maxEntries ?? Infinity)) return 'too-long';
  return standing === 'works' ? 'pending' : standing;
}

function later(instant: Date, ms: number): Date {
  return new Date(instant.getTime() + ms);
}

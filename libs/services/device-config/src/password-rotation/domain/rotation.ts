import { lacksFunction, type Command, type Protocol } from '@voltbus/contracts';
import { CONFIRM_MS, EXPIRE_MS, FIRST_RETRY_MS, LOST_RESULT_MS, MAX_TRIES, NOT_SENT_RETRY_MS, RECONNECT_MS } from '../limits';

const OPEN_STATES = ['waiting', 'sent', 'accepted', 'unconfirmed'] as const;
export const ROTATION_STATES = [...OPEN_STATES, 'done', 'refused', 'expired', 'cancelled', 'superseded'] as const;
export type RotationState = (typeof ROTATION_STATES)[number];

/** The replacement of a station's password. While it is open, the old password and the new one are both accepted. */
export interface Rotation {
  id: string;
  state: RotationState;
  /** The new password, sealed for the gateway of the station; null once it is over. */
  sealed: string | null;
  /** The command that was sent last, and whether the bus has taken it. */
  command: string | null;
  published: boolean;
  /** An attempt was sent and not refused: the station may have the new password, so it must never be dropped. */
  mayHaveIt: boolean;
  /** Attempts without a usable answer. */
  tries: number;
  /** When it is sent next, while the station is connected; null: when an operator asks for it again. */
  nextAt: Date | null;
  /** While the station was not sent it: when it is over unless it is sent by then; null: after `EXPIRE_MS`. */
  deliverBy: Date | null;
  /** The connection of a station that has accepted it was closed, so that it comes back with it. */
  closed: boolean;
  actor: string;
  campaign: string | null;
  reason: string | null;
  startedAt: Date;
  sentAt: Date | null;
  acceptedAt: Date | null;
  endedAt: Date | null;
}

/** What becomes of the two passwords: both are accepted, the new one goes, or the old one goes. */
export type Passwords = 'both' | 'old' | 'new';

export interface Step {
  rotation: Rotation;
  passwords: Passwords;
  /** The connection of the station is closed, so that it proves itself anew. */
  closes?: boolean;
}

/** What came of one attempt. */
type Outcome = 'accepted' | 'refused' | 'not-sent' | 'unknown';

export function newRotation(given: Pick<Rotation, 'id' | 'sealed' | 'actor' | 'campaign' | 'deliverBy'>, now: Date): Rotation {
  return {
    ...given,
    ...{ state: 'waiting', command: null, published: false, mayHaveIt: false, tries: 0, nextAt: now, closed: false },
    ...{ reason: null, startedAt: now, sentAt: null, acceptedAt: null, endedAt: null },
  };
}

export function isOpen({ state }: Pick<Rotation, 'state'>): boolean {
  return OPEN_STATES.some((open) => open === state);
}

/** An unconfirmed rotation is tried again, with the same password: no more than two are ever accepted. */
export function triedAgain(rotation: Rotation, now: Date): Rotation {
  return { ...rotation, tries: 0, nextAt: now };
}

/** What time alone changes of an open rotation; `newId` is that of the next attempt. One that is `sent` and not published is to be published. */
export function look(rotation: Rotation, now: Date, newId: string): Step {
  const { state, startedAt, sentAt, acceptedAt, nextAt, closed, mayHaveIt, deliverBy } = rotation;
  const isPast = (instant: Date | null, ms: number): boolean => instant !== null && now.getTime() - instant.getTime() >= ms;
  const same: Step = { rotation, passwords: 'both' };
  if (state === 'sent') return isPast(sentAt, LOST_RESULT_MS) ? afterAttempt(rotation, 'unknown', 'no result came', now) : same;
  if (state === 'accepted') {
    if (isPast(acceptedAt, CONFIRM_MS)) return { ...same, rotation: unconfirmed(rotation, NOT_USED) };
    return closed || !isPast(acceptedAt, RECONNECT_MS) ? same : { ...same, rotation: { ...rotation, closed: true }, closes: true };
  }
  if (!mayHaveIt && (isPast(startedAt, EXPIRE_MS) || isPast(deliverBy, 0)))
    return over(rotation, 'expired', 'old', 'the station did not connect in time', now);
  if (nextAt === null || nextAt > now) return same;
  return { ...same, rotation: { ...rotation, state: 'sent', command: newId, published: false, sentAt: now } };
}

const NOT_USED = 'the station accepted it, and has not connected with it';

function unconfirmed(rotation: Rotation, reason: string | null): Rotation {
  return { ...rotation, state: 'unconfirmed', nextAt: null, reason };
}

/** A01.FR.03: an accepted password is the station's. A01.FR.04: a refused one is not, unless an attempt before may have been taken. */
export function afterAttempt(rotation: Rotation, outcome: Outcome, reason: string | null, now: Date): Step {
  const { mayHaveIt } = rotation;
  const tries = rotation.tries + 1;
  const exhausted = tries >= MAX_TRIES;
  switch (outcome) {
    case 'accepted':
      return {
        rotation: { ...rotation, state: 'accepted', mayHaveIt: true, acceptedAt: now, closed: false, nextAt: null, reason },
        passwords: 'both',
      };
    case 'refused':
      if (!mayHaveIt) return over(rotation, 'refused', 'old', reason, now);
      return { rotation: unconfirmed({ ...rotation, tries }, reason), passwords: 'both' };
    case 'not-sent': {
      const nextAt = new Date(now.getTime() + NOT_SENT_RETRY_MS);
      return { rotation: { ...rotation, state: mayHaveIt ? 'unconfirmed' : 'waiting', nextAt, reason }, passwords: 'both' };
    }
    case 'unknown': {
      const nextAt = exhausted ? null : new Date(now.getTime() + FIRST_RETRY_MS * tries);
      return { rotation: { ...rotation, state: 'unconfirmed', mayHaveIt: true, tries, nextAt, reason }, passwords: 'both' };
    }
  }
}

/** The station has proved itself by the new password. */
export function cameWithIt(rotation: Rotation, now: Date): Step {
  return over(rotation, 'done', 'new', null, now);
}

/** An operator decides which of the two passwords the station has: the only one since. */
export function decided(rotation: Rotation, keeps: 'old' | 'new', now: Date): Step {
  const state = keeps === 'new' ? 'done' : 'cancelled';
  return { ...over(rotation, state, keeps, 'an operator decided', now), closes: true };
}

/** Somebody has set another password meanwhile, which is the only one since. */
export function superseded(rotation: Rotation, now: Date): Rotation {
  return over(rotation, 'superseded', 'old', 'another password was set', now).rotation;
}

function over(rotation: Rotation, state: RotationState, passwords: Passwords, reason: string | null, now: Date): Step {
  return { rotation: { ...rotation, state, sealed: null, nextAt: null, endedAt: now, reason }, passwords };
}

const ACCEPTED: ReadonlySet<unknown> = new Set(['Accepted', 'RebootRequired']);
const REFUSED: ReadonlySet<unknown> = new Set([
  ...['Rejected', 'NotSupported'],
  ...['UnknownComponent', 'UnknownVariable', 'NotSupportedAttributeType'],
]);

/** What a command that sets the password has come to. */
export function outcomeOf({ action, status, response, error, sentAt }: Command): { outcome: Outcome; reason: string | null } {
  if (status === 'answered') {
    const said = statusIn(action, response);
    const outcome = ACCEPTED.has(said) ? 'accepted' : REFUSED.has(said) ? 'refused' : 'unknown';
    return { outcome, reason: said === 'Accepted' ? null : `the station answered ${typeof said === 'string' ? said : 'nothing'}` };
  }
  if (status === 'error' && sentAt !== null) {
    const code = error?.code ?? '';
    return { outcome: lacksFunction(code) ? 'refused' : 'unknown', reason: `the station answered with the error ${code}` };
  }
  if (status === 'unknown' || sentAt !== null) return { outcome: 'unknown', reason: 'the station did not answer' };
  return { outcome: 'not-sent', reason: `it was not sent: ${error?.description ?? status}` };
}

function statusIn(action: string, response: unknown): unknown {
  if (action === 'ChangeConfiguration') return (response as { status?: unknown } | null)?.status;
  const results = (response as { setVariableResult?: { attributeStatus?: unknown }[] } | null)?.setVariableResult;
  return results?.[0]?.attributeStatus;
}

/** The command that sets the password (A01.FR.02; 1.6 security whitepaper). */
export function settingCommand(protocol: Protocol, sealed: string): { action: string; payload: Record<string, unknown> } {
  if (protocol === 'ocpp1.6') return { action: 'ChangeConfiguration', payload: { key: 'AuthorizationKey', value: sealed } };
  const named = { component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } };
  return { action: 'SetVariables', payload: { setVariableData: [{ attributeValue: sealed, ...named }] } };
}

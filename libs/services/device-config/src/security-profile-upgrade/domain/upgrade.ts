import type { Protocol } from '@voltbus/contracts';
import {
  AWAY_MS,
  DELIVER_MS,
  EXPIRE_MS,
  FIRST_RETRY_MS,
  LOST_RESULT_MS,
  MAX_TRIES,
  NOT_SENT_RETRY_MS,
  RECONNECT_MS,
  SCHEDULED_MS,
} from '../limits';
import { whyNotReady, type Target, type UpgradingStation } from './upgrading-station';

const OPEN_STATES = ['waiting', 'sent', 'reconnecting', 'unconfirmed'] as const;
export const UPGRADE_STATES = [...OPEN_STATES, 'done', 'refused', 'taken-back', 'expired', 'cancelled'] as const;
export type UpgradeState = (typeof UPGRADE_STATES)[number];

/**
 * What is sent next, or was sent last. 1.6: `change`. 2.x: `read` the order of slots, write the `profile` into a free one, put it first by `order`, `reset`;
 * and `restore` the order of before where the station did not come back with the new profile.
 */
export const STEPS = ['change', 'read', 'profile', 'order', 'reset', 'restore'] as const;
type StepName = (typeof STEPS)[number];

/** How the station shall reach the CSMS with its new profile. */
export interface NetworkWish {
  /** Null: as before, which only stations of 1.6 can do. */
  url: string | null;
  /** The interface as OCPP names it, such as `Wired0`. */
  interface: string;
  messageTimeoutSeconds: number;
}

export interface Upgrade {
  id: string;
  state: UpgradeState;
  step: StepName;
  target: Target;
  network: NetworkWish;
  /** The slot of the new network profile, and the order of slots before (2.x); null: not yet known. */
  slot: number | null;
  order: string | null;
  /** The station was sent what changes its profile and has not refused it: it may use the new one at any time. */
  mayHaveIt: boolean;
  /** The command that was sent last, and whether the bus has taken it. */
  command: string | null;
  published: boolean;
  /** Attempts at this step without a usable answer. */
  tries: number;
  /** When it is sent next, while the station is connected; null: not by itself. */
  nextAt: Date | null;
  /** Until when the station is given time to come back. */
  until: Date | null;
  /** While nothing has changed it: when it is over unless the station is sent the next step by then; null: after `EXPIRE_MS`. */
  deliverBy: Date | null;
  /** The connection of the station when it was sent what changes its profile: a later one shows what came of it. */
  epoch: number | null;
  actor: string;
  reason: string | null;
  startedAt: Date;
  sentAt: Date | null;
  endedAt: Date | null;
}

export function newUpgrade(
  given: Pick<Upgrade, 'id' | 'target' | 'network' | 'actor' | 'deliverBy'> & { protocol: Protocol },
  now: Date,
): Upgrade {
  const { protocol, ...rest } = given;
  return {
    ...rest,
    ...{ state: 'waiting', step: protocol === 'ocpp1.6' ? 'change' : 'read', slot: null, order: null, mayHaveIt: false },
    ...{ command: null, published: false, tries: 0, nextAt: now, until: null, epoch: null, reason: null },
    ...{ startedAt: now, sentAt: null, endedAt: null },
  };
}

export function isOpen({ state }: Pick<Upgrade, 'state'>): boolean {
  return OPEN_STATES.some((open) => open === state);
}

/** Open, or given up while the station may have the new profile: it may come with it all the same. */
export function isWatched(upgrade: Pick<Upgrade, 'state' | 'mayHaveIt'>): boolean {
  return isOpen(upgrade) || (upgrade.mayHaveIt && (upgrade.state === 'taken-back' || upgrade.state === 'cancelled'));
}

/** What came of one attempt. `scheduled`: the station resets when nobody charges. */
export type Outcome = 'accepted' | 'scheduled' | 'refused' | 'not-sent' | 'unknown';

const NEXT: Readonly<Partial<Record<StepName, StepName>>> = { read: 'profile', profile: 'order', order: 'reset' };
/** Steps that change which profile the station uses. */
const CHANGING: ReadonlySet<StepName> = new Set(['change', 'order', 'reset']);

/** What time alone changes of an open upgrade; `newId` is that of the next attempt. Returns the same upgrade where that is nothing. */
export function look(upgrade: Upgrade, station: UpgradingStation, now: Date, newId: string): Upgrade {
  const { state, sentAt, startedAt, until, nextAt, mayHaveIt, step, deliverBy } = upgrade;
  if ((station.usedProfile ?? 0) >= upgrade.target) return over(upgrade, 'done', null, now);
  if (state === 'sent') {
    const isLost = sentAt !== null && now.getTime() - sentAt.getTime() >= LOST_RESULT_MS;
    return isLost ? afterAttempt(upgrade, { outcome: 'unknown', reason: 'no result came' }, now) : upgrade;
  }
  if (state === 'reconnecting') return until !== null && until <= now ? didNotCome(upgrade, station, now) : upgrade;
  const isExpired = now.getTime() - startedAt.getTime() >= EXPIRE_MS || (deliverBy !== null && deliverBy <= now);
  if (!mayHaveIt && isExpired) return over(upgrade, 'expired', 'the station did not answer in time', now);
  if (nextAt === null || nextAt > now) return upgrade;
  if (!station.online) return mayHaveIt && now.getTime() - nextAt.getTime() >= AWAY_MS ? stayedAway(upgrade) : upgrade;
  const lacks = !mayHaveIt && step !== 'restore' ? whyNotReady(station, upgrade.target) : null;
  if (lacks !== null) return over(upgrade, 'refused', lacks, now);
  const isChanging = CHANGING.has(step);
  return {
    ...{ ...upgrade, state: 'sent', command: newId, published: false, sentAt: now },
    ...(isChanging ? { epoch: upgrade.epoch ?? station.epoch } : {}),
  };
}

/** A05: the station was asked, and uses the profile of before: it is taken back where that can be asked for. One that is not there is the operator's matter. */
function didNotCome(upgrade: Upgrade, station: UpgradingStation, now: Date): Upgrade {
  const reason = `the station did not come back with security profile ${upgrade.target}`;
  return station.online ? takenBack(upgrade, reason, now) : { ...upgrade, state: 'unconfirmed', until: null, nextAt: null, reason };
}

/** Nobody knows which profile the station has, and it may never be asked: it is the operator's matter, unless it comes. */
function stayedAway(upgrade: Upgrade): Upgrade {
  const reason = upgrade.reason ?? 'the station was away when it was to be asked';
  return { ...upgrade, state: 'unconfirmed', until: null, nextAt: null, reason };
}

/** 1.6 falls back by itself (A05.FR.08): nothing has to be asked for. */
function takenBack(upgrade: Upgrade, reason: string, now: Date): Upgrade {
  if (upgrade.step === 'change') return over(upgrade, 'taken-back', reason, now);
  return { ...upgrade, state: 'waiting', step: 'restore', tries: 0, nextAt: now, until: null, reason };
}

/** What a command that is part of it has come to. `read`: what the station told of its slots, for that step. */
export function afterAttempt(
  upgrade: Upgrade,
  { outcome, reason, read }: { outcome: Outcome; reason: string | null; read?: { order: string; slot: number | null } | null },
  now: Date,
): Upgrade {
  switch (outcome) {
    case 'not-sent':
      return { ...upgrade, state: 'waiting', nextAt: new Date(now.getTime() + NOT_SENT_RETRY_MS), reason };
    case 'refused':
      return afterRefusal(upgrade, reason, now);
    case 'unknown':
      return afterSilence(upgrade, reason, now);
    case 'accepted':
    case 'scheduled':
      return afterAcceptance(upgrade, { outcome, reason, read: read ?? null }, now);
  }
}

function afterAcceptance(
  upgrade: Upgrade,
  {
    outcome,
    reason,
    read,
  }: { outcome: 'accepted' | 'scheduled'; reason: string | null; read: { order: string; slot: number | null } | null },
  now: Date,
): Upgrade {
  const { step } = upgrade;
  if (step === 'restore') return over(upgrade, 'taken-back', upgrade.reason, now);
  const told = step === 'read' ? read : { order: upgrade.order, slot: upgrade.slot };
  if (told === null || (step === 'read' && told.slot === null))
    return over(upgrade, 'refused', 'the station has no free slot for a network profile', now);
  const next = NEXT[step];
  const taken = { ...upgrade, ...told, tries: 0, reason, mayHaveIt: upgrade.mayHaveIt || step === 'change' || step === 'order' };
  if (next !== undefined) return { ...taken, state: 'waiting', step: next, nextAt: now, deliverBy: deliverAfter(upgrade, now) };
  return reconnecting(taken, outcome === 'scheduled' ? SCHEDULED_MS : RECONNECT_MS, now);
}

function reconnecting(upgrade: Upgrade, ms: number, now: Date): Upgrade {
  return { ...upgrade, state: 'reconnecting', nextAt: null, until: new Date(now.getTime() + ms) };
}

/** A05.FR.02, FR.03: a station that refuses has changed nothing, unless an attempt before may have. */
function afterRefusal(upgrade: Upgrade, reason: string | null, now: Date): Upgrade {
  const { step, mayHaveIt } = upgrade;
  if (step === 'reset') return again(upgrade, reason, now) ?? takenBack(upgrade, reason ?? 'the station does not reset', now);
  if (step === 'restore') return again(upgrade, reason, now) ?? { ...upgrade, state: 'unconfirmed', nextAt: null, reason };
  if (!mayHaveIt) return over(upgrade, 'refused', reason, now);
  return step === 'change'
    ? reconnecting({ ...upgrade, reason }, RECONNECT_MS, now)
    : takenBack(upgrade, reason ?? 'the station refused', now);
}

/** Nobody knows whether the station has done it. It may also be on its way to come back. */
function afterSilence(upgrade: Upgrade, reason: string | null, now: Date): Upgrade {
  const { step } = upgrade;
  if (step === 'change' || step === 'reset') return reconnecting({ ...upgrade, mayHaveIt: true, reason }, RECONNECT_MS, now);
  const mayHaveIt = upgrade.mayHaveIt || step === 'order';
  const repeated = again({ ...upgrade, mayHaveIt }, reason, now);
  if (repeated !== null) return repeated;
  if (step === 'read' || step === 'profile') return over(upgrade, 'refused', reason, now);
  return step === 'order'
    ? takenBack({ ...upgrade, mayHaveIt }, reason ?? 'the station did not answer', now)
    : { ...upgrade, state: 'unconfirmed', nextAt: null, reason };
}

/** The same step once more; null: it was tried often enough. */
function again(upgrade: Upgrade, reason: string | null, now: Date): Upgrade | null {
  const tries = upgrade.tries + 1;
  if (tries >= MAX_TRIES) return null;
  const nextAt = new Date(now.getTime() + FIRST_RETRY_MS * tries);
  return { ...upgrade, state: 'waiting', tries, nextAt, deliverBy: deliverAfter(upgrade, nextAt), reason };
}

/** A step that can be sent from then on is waited for anew. */
function deliverAfter({ deliverBy }: Upgrade, nextAt: Date): Date | null {
  return deliverBy === null ? null : new Date(nextAt.getTime() + DELIVER_MS);
}

/**
 * The station has connected. A connection with the new profile ends the upgrade, whatever was thought of it (A05.FR.07). One with the profile of before shows
 * that a station that nobody knew about can be asked again.
 */
export function afterConnection(upgrade: Upgrade, { profile, epoch }: { profile: number; epoch: number }, now: Date): Upgrade {
  if (profile >= upgrade.target) return over(upgrade, 'done', null, now);
  if (upgrade.state !== 'unconfirmed' || upgrade.epoch === null || epoch <= upgrade.epoch) return upgrade;
  return takenBack(upgrade, upgrade.reason ?? 'the station came back with the profile of before', now);
}

/** An operator gives it up. One whose station may have the new profile, and is not asked any more, stays as the station is. */
export function cancelled(upgrade: Upgrade, now: Date): Upgrade {
  const { state, step, mayHaveIt } = upgrade;
  if (mayHaveIt && state === 'waiting' && step !== 'restore') return takenBack(upgrade, 'an operator cancelled it', now);
  return over(upgrade, 'cancelled', 'an operator cancelled it', now);
}

function over(upgrade: Upgrade, state: UpgradeState, reason: string | null, now: Date): Upgrade {
  return { ...upgrade, state, nextAt: null, until: null, endedAt: now, reason };
}

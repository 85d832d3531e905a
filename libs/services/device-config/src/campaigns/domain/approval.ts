import type { ApprovalReason, Campaign, CampaignKindName } from './campaign';

/** When work for many stations needs a second person. */
export interface ApprovalRule {
  /** Campaigns for more stations than this; null: none for their size. */
  aboveStations: number | null;
  /** Every campaign of these kinds, whatever its size. */
  always: ReadonlySet<Extract<CampaignKindName, ApprovalReason>>;
  /** How long an approval is waited for. */
  hours: number;
}

/** Whoever acts: an API key by its id, whatever its secret is now, or the subject of an access token. */
export interface Person {
  actor: string;
  /** Ids of the keys that made their key, directly or not: who made a key may hold it. */
  makers: readonly string[];
}

const HOUR_MS = 3_600_000;

/** Why a campaign must wait for a second person; null: it need not. */
export function whyApproved(
  rule: ApprovalRule,
  { kind, stations, isAskedFor }: { kind: Campaign['kind']; stations: number; isAskedFor: boolean },
): ApprovalReason | null {
  if ((kind === 'firmware' || kind === 'security-profile') && rule.always.has(kind)) return kind;
  if (rule.aboveStations !== null && stations > rule.aboveStations) return 'stations';
  return isAskedFor ? 'asked-for' : null;
}

/** A new campaign, which waits where there is a reason. */
export function awaiting(
  campaign: Campaign,
  reason: ApprovalReason | null,
  { rule, creator }: { rule: ApprovalRule; creator: Person },
): Campaign {
  if (reason === null) return campaign;
  const until = new Date(campaign.createdAt.getTime() + rule.hours * HOUR_MS).toISOString();
  const startsAs = campaign.state === 'paused' ? 'paused' : 'running';
  return {
    ...campaign,
    state: 'awaiting-approval',
    approval: { reason, until, creatorMakers: creator.makers, startsAs, decidedBy: null, decidedAt: null },
  };
}

/** Why somebody can neither approve nor refuse a campaign; null: they can. */
export function whyNotDecidedBy(campaign: Campaign, person: Person, now: Date): 'not-awaiting' | 'too-late' | 'same-person' | null {
  const { approval, state, createdBy } = campaign;
  if (state !== 'awaiting-approval' || approval === null) return 'not-awaiting';
  if (now.getTime() >= Date.parse(approval.until)) return 'too-late';
  const isSame = person.actor === createdBy || person.makers.includes(createdBy) || approval.creatorMakers.includes(person.actor);
  return isSame ? 'same-person' : null;
}

/** It begins now. To be called where nothing is against it. */
export function approved(campaign: Campaign, { actor }: Person, now: Date): Campaign {
  const { approval } = campaign;
  if (approval === null) return campaign;
  return { ...campaign, state: approval.startsAs, waveAt: now, approval: { ...approval, decidedBy: actor, decidedAt: now.toISOString() } };
}

/** It never begins. To be called where nothing is against it. */
export function refused(campaign: Campaign, { actor }: Person, now: Date): Campaign {
  const { approval } = campaign;
  if (approval === null) return campaign;
  return { ...campaign, state: 'refused', endedAt: now, approval: { ...approval, decidedBy: actor, decidedAt: now.toISOString() } };
}

/** The campaign as time leaves it: one that nobody has approved in time is over. */
export function unlessExpired(campaign: Campaign, now: Date): Campaign {
  const { state, approval } = campaign;
  const isExpired = state === 'awaiting-approval' && approval !== null && now.getTime() >= Date.parse(approval.until);
  return isExpired ? { ...campaign, state: 'expired', endedAt: now } : campaign;
}

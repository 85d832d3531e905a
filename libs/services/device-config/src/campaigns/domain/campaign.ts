import type { StationFilter } from '../../stations/station-filter';
import type { WaveSize } from './waves';
import type { Window } from './window';

/** What campaigns bring to stations. */
export const CAMPAIGN_KINDS = ['firmware', 'security-profile', 'password', 'configuration', 'certificate'] as const;
export type CampaignKindName = (typeof CAMPAIGN_KINDS)[number];

/** `stopped`: by itself, as too many stations failed. The last four are ends. */
export const CAMPAIGN_STATES = ['awaiting-approval', 'running', 'paused', 'stopped', 'done', 'cancelled', 'refused', 'expired'] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

/** `pending`: not asked yet. `skipped`: there was nothing to do, or it could not be asked. */
export const MEMBER_STATES = ['pending', 'started', 'succeeded', 'failed', 'skipped'] as const;
export type MemberState = (typeof MEMBER_STATES)[number];

/** How a campaign goes over its stations; the same for every kind of work. */
export interface Plan {
  filter: StationFilter;
  waves: readonly WaveSize[];
  /** When stations may be asked; null: at any time. */
  window: Window | null;
  /** Of stations that have none. */
  timeZone: string;
  /** Seconds over which the stations of a wave, or those that a window opens for, are spread. */
  jitterSeconds: number;
  /** Stations at work at once. */
  atOnce: number;
  /** It stops when more have failed. */
  maxFailures: number;
  /** Hours that a wave waits for stations that cannot be asked. */
  waveHours: number;
  /** Hours between the end of a wave and the beginning of the next, in which what was done can be watched; absent: none. */
  restHours?: number;
}

/** Why a campaign needs an approval. */
export const APPROVAL_REASONS = ['stations', 'firmware', 'security-profile', 'asked-for'] as const;
export type ApprovalReason = (typeof APPROVAL_REASONS)[number];

/** The approval that a campaign needs, and what became of it. Times are ISO 8601. */
export interface Approval {
  reason: ApprovalReason;
  /** It is over when nobody has approved it by then. */
  until: string;
  /** Makers of the key of whoever made the campaign, as they were then. */
  creatorMakers: readonly string[];
  /** The state that an approval leads to. */
  startsAs: 'running' | 'paused';
  /** Who approved or refused it; null: nobody has. */
  decidedBy: string | null;
  decidedAt: string | null;
}

/** Work of one kind for many stations. */
export interface Campaign {
  id: string;
  tenant: string;
  name: string;
  kind: CampaignKindName;
  /** What is done at each station, as its kind has it. */
  work: Readonly<Record<string, unknown>>;
  plan: Plan;
  createdBy: string;
  createdAt: Date;
  state: CampaignState;
  /** The wave that goes on, from 1, and how many there are. */
  wave: number;
  waves: number;
  /** When the wave began, or was resumed; where the one before is followed by a rest, when it begins. */
  waveAt: Date;
  /** Failures that were known when it was last resumed after a stop. */
  forgiven: number;
  endedAt: Date | null;
  /** That of a second person; null: it needed none. */
  approval: Approval | null;
}

/** Stations of a wave by how far they are. */
export interface WaveCounts extends Record<MemberState, number> {
  wave: number;
}

const HOUR_MS = 3_600_000;

export function isOver({ state }: Pick<Campaign, 'state'>): boolean {
  return state === 'done' || state === 'cancelled' || state === 'refused' || state === 'expired';
}

/** Whether the wave has waited long enough for stations that could not be asked. */
export function hasWaited({ waveAt, plan }: Campaign, now: Date): boolean {
  return now.getTime() >= waveAt.getTime() + plan.waveHours * HOUR_MS;
}

function totalOf(waves: readonly WaveCounts[], state: MemberState): number {
  return waves.reduce((sum, wave) => sum + wave[state], 0);
}

/**
 * The campaign as the counts leave it: stopped, in its next wave, done, or as it was. A wave begins when every station of the one before has come to an end, and
 * after the rest that the campaign gives.
 */
export function advanced(campaign: Campaign, waves: readonly WaveCounts[], now: Date): Campaign {
  if (campaign.state !== 'running') return campaign;
  if (totalOf(waves, 'failed') - campaign.forgiven > campaign.plan.maxFailures) return { ...campaign, state: 'stopped' };
  const open = waves.filter(({ pending, started }) => pending + started > 0).map(({ wave }) => wave);
  if (open.length === 0) return { ...campaign, state: 'done', wave: campaign.waves, endedAt: now };
  const wave = Math.min(...open);
  if (wave === campaign.wave) return campaign;
  return { ...campaign, wave, waveAt: new Date(now.getTime() + (campaign.plan.restHours ?? 0) * HOUR_MS) };
}

/** Null: it cannot, as it is over, or does so already. */
export function paused(campaign: Campaign): Campaign | null {
  return campaign.state === 'running' ? { ...campaign, state: 'paused' } : null;
}

export function resumed(campaign: Campaign, waves: readonly WaveCounts[], now: Date): Campaign | null {
  if (campaign.state !== 'paused' && campaign.state !== 'stopped') return null;
  const forgiven = campaign.state === 'stopped' ? totalOf(waves, 'failed') : campaign.forgiven;
  const waveAt = campaign.waveAt > now ? campaign.waveAt : now; // a rest is not cut short
  return { ...campaign, state: 'running', waveAt, forgiven };
}

export function cancelled(campaign: Campaign, now: Date): Campaign | null {
  return isOver(campaign) ? null : { ...campaign, state: 'cancelled', endedAt: now };
}

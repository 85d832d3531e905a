import { createHash, randomUUID } from 'node:crypto';
import { CsmsError, invalidAt } from '@voltbus/contracts';
import { isUuid } from '@voltbus/http';
import { matches } from '../stations/station-filter';
import type { CampaignTelemetry } from './campaign-telemetry';
import { approved, awaiting, refused, whyApproved, whyNotDecidedBy, type ApprovalRule, type Person } from './domain/approval';
import { cancelled, isOver, paused, resumed, type Campaign, type Plan, type WaveCounts } from './domain/campaign';
import { waveSizes } from './domain/waves';
import type { CampaignKinds } from './kind';
import { MAX_STATIONS } from './limits';
import type { NewMember, TypeormCampaigns } from './store/typeorm-campaigns';

interface CampaignsParts {
  store: TypeormCampaigns;
  kinds: CampaignKinds;
  telemetry: CampaignTelemetry;
  rule: ApprovalRule;
  /** The keys that made the key of an actor, directly or not; none where the actor is no key. */
  makersOf(tenant: string, actor: string): Promise<string[]>;
  now(): Date;
  /** From 0 to 1. */
  random(): number;
}

/** A campaign that is asked for. */
export interface NewCampaign extends Pick<Campaign, 'name' | 'kind' | 'work' | 'plan' | 'createdBy'> {
  /** Nothing is asked until it is resumed. */
  paused: boolean;
  /** It waits for a second person also where no rule demands that. */
  needsApproval: boolean;
}

/** A campaign and how far its waves are. */
export interface CampaignReport {
  campaign: Campaign;
  waves: WaveCounts[];
}

/** Campaigns, made and directed by operators. */
export class Campaigns {
  constructor(private readonly parts: CampaignsParts) {}

  /** For the stations that its filter chooses now. Throws `invalid` where there are none, and `conflict` beyond a limit. */
  async create(tenant: string, { paused: isPaused, needsApproval, ...given }: NewCampaign): Promise<CampaignReport> {
    const { store, telemetry, now, rule } = this.parts;
    const id = randomUUID();
    const stations = await this.chosen(tenant, given);
    if (stations.length === 0) throw invalidAt('/filter', 'chooses no station that there is anything to do at');
    if (stations.length > MAX_STATIONS) throw new CsmsError('conflict', `a campaign has ${MAX_STATIONS} stations at most`);
    const sizes = waveSizes(stations.length, given.plan.waves);
    const made: Campaign = {
      ...{ ...given, id, tenant, state: isPaused ? 'paused' : 'running', createdAt: now() },
      ...{ wave: 1, waves: sizes.length, waveAt: now(), forgiven: 0, endedAt: null, approval: null },
    };
    const reason = whyApproved(rule, { kind: given.kind, stations: stations.length, isAskedFor: needsApproval });
    const campaign = awaiting(made, reason, { rule, creator: await this.personOf(tenant, given.createdBy) });
    await store.create(campaign, this.membersOf(id, stations, sizes, given.plan));
    telemetry.changed(campaign);
    return this.report(tenant, id);
  }

  /** Throws `not-found`. */
  async report(tenant: string, id: string): Promise<CampaignReport> {
    const campaign = await this.find(tenant, id);
    return { campaign, waves: (await this.parts.store.counts([id])).get(id) ?? [] };
  }

  async reports(campaigns: readonly Campaign[]): Promise<CampaignReport[]> {
    const counts = await this.parts.store.counts(campaigns.map(({ id }) => id));
    return campaigns.map((campaign) => ({ campaign, waves: counts.get(campaign.id) ?? [] }));
  }

  /** Throws `not-found`. */
  async find(tenant: string, id: string): Promise<Campaign> {
    const campaign = isUuid(id) ? await this.parts.store.find(tenant, id) : null;
    if (campaign === null) throw new CsmsError('not-found', 'no such campaign');
    return campaign;
  }

  /** Stations that were asked go on; no other one is asked until it is resumed. Throws `conflict` for one that does not run. */
  pause(tenant: string, id: string): Promise<CampaignReport> {
    return this.change(tenant, id, paused);
  }

  /** Failures that have stopped it do not count any more. Throws `conflict` for one that runs or has ended. */
  resume(tenant: string, id: string): Promise<CampaignReport> {
    return this.change(tenant, id, (campaign, waves) => resumed(campaign, waves, this.parts.now()));
  }

  /** Stations that were asked go on; no other one is asked. Throws `conflict` for one that has ended. */
  cancel(tenant: string, id: string): Promise<CampaignReport> {
    return this.change(tenant, id, (campaign) => cancelled(campaign, this.parts.now()));
  }

  /**
   * Lets a campaign begin that waits for a second person. Throws `same-person` for whoever made it, by whatever secret of their key, and `conflict` where it
   * does not wait, or not any more.
   */
  approve(tenant: string, id: string, actor: string): Promise<CampaignReport> {
    return this.decideAs(tenant, id, { actor, decide: approved });
  }

  /** Ends a campaign that waits for a second person. Throws as `approve` does. */
  refuse(tenant: string, id: string, actor: string): Promise<CampaignReport> {
    return this.decideAs(tenant, id, { actor, decide: refused });
  }

  private async decideAs(
    tenant: string,
    id: string,
    { actor, decide }: { actor: string; decide: (campaign: Campaign, person: Person, now: Date) => Campaign },
  ): Promise<CampaignReport> {
    const person = await this.personOf(tenant, actor);
    return this.change(tenant, id, (campaign) => {
      const now = this.parts.now();
      const whyNot = whyNotDecidedBy(campaign, person, now);
      if (whyNot === 'same-person') throw new CsmsError('same-person', 'another person than the one who made it must decide');
      if (whyNot === 'too-late') throw new CsmsError('conflict', `nobody approved the campaign until ${campaign.approval?.until}`);
      return whyNot === null ? decide(campaign, person, now) : null;
    });
  }

  private async personOf(tenant: string, actor: string): Promise<Person> {
    return { actor, makers: await this.parts.makersOf(tenant, actor) };
  }

  private async change(
    tenant: string,
    id: string,
    decide: (campaign: Campaign, waves: readonly WaveCounts[]) => Campaign | null,
  ): Promise<CampaignReport> {
    const { store, telemetry, now } = this.parts;
    await this.find(tenant, id);
    const changed = await store.locked(id, async (unit, before) => {
      const after = decide(before, await unit.counts());
      if (after === null) throw new CsmsError('conflict', `the campaign is ${before.state}`);
      if (isOver(after)) await unit.giveUp(after.state, now());
      await unit.write(after, now());
      return after;
    });
    if (changed !== null) telemetry.changed(changed);
    return this.report(tenant, id);
  }

  private async chosen(tenant: string, { kind, work, plan }: Omit<NewCampaign, 'paused' | 'needsApproval'>): Promise<string[]> {
    const stations = await this.parts.store.stations(tenant);
    const isFor = stations.filter((station) => matches(plan.filter, station) && this.parts.kinds[kind].isFor(work, station));
    return isFor.map(({ station }) => station);
  }

  /** In an order that mixes places and models, so that a small first wave is a sample of all; the same however often it is made. */
  private membersOf(id: string, stations: readonly string[], sizes: readonly number[], { jitterSeconds }: Plan): NewMember[] {
    const mixed = stations.map((station) => ({ station, rank: createHash('sha256').update(`${id}/${station}`).digest('hex') }));
    mixed.sort((one, other) => (one.rank < other.rank ? -1 : 1));
    const waves = sizes.flatMap((size, at) => Array.from({ length: size }, () => at + 1));
    return mixed.map(({ station }, at) => ({
      ...{ station, wave: waves[at] ?? sizes.length, jitterMs: Math.floor(this.parts.random() * jitterSeconds * 1_000) },
    }));
  }
}

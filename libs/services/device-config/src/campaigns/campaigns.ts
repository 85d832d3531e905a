import { createHash, randomUUID } from 'node:crypto';
import { CsmsError, invalidAt } from '@voltbus/contracts';
import { isUuid } from '@voltbus/http';
import { matches } from '../stations/station-filter';
import type { CampaignTelemetry } from './campaign-telemetry';
import { cancelled, paused, resumed, type Campaign, type Plan, type WaveCounts } from './domain/campaign';
import { waveSizes } from './domain/waves';
import type { CampaignKind } from './kind';
import { MAX_STATIONS } from './limits';
import type { NewMember, TypeormCampaigns } from './store/typeorm-campaigns';

interface CampaignsParts {
  store: TypeormCampaigns;
  kinds: Readonly<Record<Campaign['kind'], CampaignKind>>;
  telemetry: CampaignTelemetry;
  now(): Date;
  /** From 0 to 1. */
  random(): number;
}

/** A campaign that is asked for. */
export interface NewCampaign extends Pick<Campaign, 'name' | 'kind' | 'work' | 'plan' | 'createdBy'> {
  /** Nothing is asked until it is resumed. */
  paused: boolean;
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
  async create(tenant: string, { paused: isPaused, ...given }: NewCampaign): Promise<CampaignReport> {
    const { store, telemetry, now } = this.parts;
    const id = randomUUID();
    const stations = await this.chosen(tenant, given);
    if (stations.length === 0) throw invalidAt('/filter', 'chooses no station that there is anything to do at');
    if (stations.length > MAX_STATIONS) throw new CsmsError('conflict', `a campaign has ${MAX_STATIONS} stations at most`);
    const sizes = waveSizes(stations.length, given.plan.waves);
    const campaign: Campaign = {
      ...{ ...given, id, tenant, state: isPaused ? 'paused' : 'running', createdAt: now() },
      ...{ wave: 1, waves: sizes.length, waveAt: now(), forgiven: 0, endedAt: null },
    };
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
      if (after.state === 'cancelled') await unit.giveUp('cancelled', now());
      await unit.write(after, now());
      return after;
    });
    if (changed !== null) telemetry.changed(changed);
    return this.report(tenant, id);
  }

  private async chosen(tenant: string, { kind, work, plan }: Omit<NewCampaign, 'paused'>): Promise<string[]> {
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

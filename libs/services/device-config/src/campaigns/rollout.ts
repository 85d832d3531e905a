import type { StationRef } from '@voltbus/contracts';
import { unlessExpired } from './domain/approval';
import { advanced, hasWaited, isOver, type Campaign } from './domain/campaign';
import { openSince } from './domain/window';
import type { CampaignKinds, WorkResult } from './kind';
import { JUDGE_BATCH, POSTPONE_MS, SETTLE_MS, START_BATCH, SWEEP_BATCH } from './limits';
import type { CampaignTelemetry } from './campaign-telemetry';
import type { CampaignUnit, OpenZone } from './store/typeorm-campaign-unit';
import type { TypeormCampaigns } from './store/typeorm-campaigns';

interface RolloutParts {
  store: TypeormCampaigns;
  kinds: CampaignKinds;
  telemetry: CampaignTelemetry;
  /** How long a failure may still be shown to be none. */
  lateMs: number;
  now(): Date;
}

/**
 * Brings campaigns forward. Everything that is decided of a campaign is decided under the lock of its row, and work at a station is stored in the
 * transaction that notes it: so processes that die, or look at once, neither ask a station twice nor begin a wave early.
 */
export class Rollout {
  constructor(private readonly parts: RolloutParts) {}

  /** Returns how many stations were asked. */
  async sweep(): Promise<number> {
    const open = await this.parts.store.open(this.failedAfter(), SWEEP_BATCH);
    let asked = 0;
    for (const id of open) asked += await this.advance(id);
    return asked;
  }

  /** Judges what has ended, brings the campaign forward, and asks the stations whose turn it is. */
  async advance(id: string): Promise<number> {
    const { store } = this.parts;
    const turn = await store.locked(id, (unit, campaign) => this.decide(unit, campaign), { skipLocked: true });
    if (turn === null) return 0;
    let asked = 0;
    for (const ref of turn.due) if (await this.ask(turn.campaign, ref)) asked += 1;
    return asked;
  }

  private async decide(unit: CampaignUnit, before: Campaign): Promise<{ campaign: Campaign; due: StationRef[] }> {
    const { telemetry, now } = this.parts;
    await this.judge(unit, before);
    if (before.state === 'running' && hasWaited(before, now())) await unit.giveUp('not-reached', now(), before.wave);
    const campaign = unlessExpired(advanced(before, await unit.counts(), now()), now());
    if (campaign.state === 'expired' && before.state !== 'expired') await unit.giveUp('expired', now());
    await unit.write(campaign, now());
    if (campaign.state !== before.state || campaign.wave !== before.wave) telemetry.changed(campaign);
    return { campaign, due: campaign.state === 'running' ? await this.due(unit, campaign) : [] };
  }

  /** What stations were asked for and have not heard of is taken back, unless the campaign goes on. */
  private async judge(unit: CampaignUnit, campaign: Campaign): Promise<void> {
    const { kinds, telemetry, now } = this.parts;
    const kind = kinds[campaign.kind];
    const works = await unit.works(this.failedAfter());
    if (campaign.state !== 'running') await kind.withdraw(unit.transaction, works);
    for (let at = 0; at < works.length; at += JUDGE_BATCH) {
      const results = await kind.results(unit.transaction, works.slice(at, at + JUDGE_BATCH), campaign);
      const [unheard, ended] = split(results);
      if (isOver(campaign)) ended.push(...unheard.map((one): WorkResult => ({ ...one, outcome: 'skipped', reason: 'cancelled' })));
      else if (unheard.length > 0)
        await unit.putBack(
          unheard.map(({ work }) => work),
          new Date(now().getTime() + POSTPONE_MS),
        );
      if (ended.length > 0) telemetry.ended(campaign, await unit.end(ended, now()));
    }
  }

  private async due(unit: CampaignUnit, { wave, waveAt, plan }: Campaign): Promise<StationRef[]> {
    const now = this.parts.now();
    const zones = (await unit.zones(wave, plan.timeZone)).flatMap((zone): OpenZone[] => {
      const since = openSince(plan.window, zone, now.getTime());
      return since === null ? [] : [{ zone, since: new Date(Math.max(since, waveAt.getTime())) }];
    });
    const most = Math.min(START_BATCH, plan.atOnce - (await unit.atWork()));
    if (zones.length === 0 || most <= 0) return [];
    return unit.due(wave, { zones, usual: plan.timeZone, now, settledBefore: new Date(now.getTime() - SETTLE_MS), most });
  }

  /** Asks a station, if it still is its turn. */
  private async ask(found: Campaign, ref: StationRef): Promise<boolean> {
    const { store, kinds, now } = this.parts;
    const kind = kinds[found.kind];
    const work = await kind.inStation(ref, async (transaction, station) =>
      store.lockedIn(transaction, found.id, async (unit, campaign) => {
        if (campaign.state !== 'running' || campaign.wave !== found.wave || !station.online) return null;
        if (!(await unit.isPending(ref, campaign.wave)) || (await unit.atWork()) >= campaign.plan.atOnce) return null;
        const started = await kind.start(transaction, ref, station, campaign);
        if (started === 'later') await unit.postpone(ref, new Date(now().getTime() + POSTPONE_MS));
        else if ('skipped' in started) await unit.skip(ref, started.skipped, now());
        else await unit.started(ref, started.work, now());
        return typeof started === 'object' && 'work' in started ? started.work : null;
      }),
    );
    if (work === null) return false;
    this.parts.telemetry.asked(found);
    await kind.send(work, ref, found);
    return true;
  }

  private failedAfter(): Date {
    return new Date(this.parts.now().getTime() - this.parts.lateMs);
  }
}

/** What stations have not heard of, and the rest. */
function split(results: readonly WorkResult[]): [WorkResult[], WorkResult[]] {
  const isUnheard = ({ outcome }: WorkResult): boolean => outcome === 'not-reached';
  return [results.filter(isUnheard), results.filter((one) => !isUnheard(one))];
}

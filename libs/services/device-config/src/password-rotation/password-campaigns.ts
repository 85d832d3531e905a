import { randomUUID } from 'node:crypto';
import { CsmsError, type StationRef } from '@voltbus/contracts';
import { isUuid } from '@voltbus/http';
import { startTimes } from './domain/start-times';
import { MAX_CAMPAIGN_STATIONS } from './limits';
import type { PasswordRotations } from './password-rotations';
import type { Campaign, CampaignWish, DueStation, TypeormPasswordCampaigns } from './store/typeorm-password-campaigns';

interface PasswordCampaignsParts {
  store: TypeormPasswordCampaigns;
  rotations: Pick<PasswordRotations, 'start'>;
  now(): Date;
  random(): number;
}

/** Replaces the passwords of many stations, each at an instant of its own, until too many fail or somebody stops it. */
export class PasswordCampaigns {
  constructor(private readonly parts: PasswordCampaignsParts) {}

  /** Throws `conflict` while another campaign of the tenant is running, and where no station has a password. */
  async start(tenant: string, wish: CampaignWish, actor: string): Promise<Campaign> {
    const { store, now, random } = this.parts;
    const [id, at] = [randomUUID(), now()];
    await store.add({ tenant, id, actor, at, ...wish }, (stations) => {
      if (stations === 0) throw new CsmsError('conflict', 'no station with a password is meant');
      if (stations > MAX_CAMPAIGN_STATIONS)
        throw new CsmsError('conflict', `more than ${MAX_CAMPAIGN_STATIONS} stations are meant: name groups`);
      return startTimes({ stations, perHour: wish.stationsPerHour, from: at, random });
    });
    return this.find(tenant, id);
  }

  /** Throws `not-found`. */
  async find(tenant: string, id: string): Promise<Campaign> {
    const campaign = isUuid(id) ? await this.parts.store.find(tenant, id) : null;
    if (campaign === null) throw new CsmsError('not-found', 'no such campaign');
    return campaign;
  }

  /** No further station begins; those that have begun go on. Throws `not-found`. */
  async stop(tenant: string, id: string): Promise<Campaign> {
    await this.find(tenant, id);
    await this.parts.store.stop(tenant, id, { reason: 'an operator stopped it', now: this.parts.now() });
    return this.find(tenant, id);
  }

  /** Begins the stations whose turn has come, and ends campaigns that are through or have failed too often. */
  async sweep(): Promise<void> {
    const { store, now } = this.parts;
    if (!(await store.anyRunning())) return;
    await store.endFailing(now());
    for (const due of await store.due(now())) await this.begin(due);
    await store.endDone(now());
  }

  private async begin({ tenant, station, campaign, actor }: DueStation): Promise<void> {
    const ref: StationRef = { tenant, station };
    try {
      await this.parts.rotations.start(ref, { actor, campaign });
      await this.parts.store.begun({ tenant, station, campaign }, 'waiting');
    } catch (error) {
      // it was deleted, or has no password any more
      if (!(error instanceof CsmsError)) throw error;
      await this.parts.store.begun({ tenant, station, campaign }, 'skipped');
    }
  }
}

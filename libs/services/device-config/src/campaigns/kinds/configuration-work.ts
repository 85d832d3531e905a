import type { StationRef } from '@voltbus/contracts';
import type { ProfileValue } from '../../configuration';
import type { LockedStation, Transaction } from '../../stations/typeorm-in-station';
import type { Campaign } from '../domain/campaign';
import type { CampaignKind, Started, WorkResult } from '../kind';
import { failureOf, type SettingJob } from '../settings/domain/setting-job';
import type { SettingJobs } from '../settings/setting-jobs';
import type { TypeormSettingJobs } from '../settings/store/typeorm-setting-jobs';
import { withResults } from './judged';

const HOUR_MS = 3_600_000;

/** What a campaign does at each station. */
interface ConfigurationWork {
  /** The name of the profile whose values these were when the campaign was made; null: they were given with it. */
  profile: string | null;
  values: ProfileValue[];
  runHours: number;
}

interface ConfigurationKindParts {
  settings: Pick<SettingJobs, 'startIn' | 'forward'>;
  store: Pick<TypeormSettingJobs, 'lockFirst' | 'byIds' | 'withdraw'>;
  now(): Date;
}

export function configurationWorkOf({ work }: Pick<Campaign, 'work'>): ConfigurationWork {
  return work as unknown as ConfigurationWork; // a campaign of this kind has no other
}

/** Values of variables and keys (OCPP B05). */
export class ConfigurationKind implements CampaignKind {
  constructor(private readonly parts: ConfigurationKindParts) {}

  isFor(): boolean {
    return true; // what a station shows may be old
  }

  inStation<T>(ref: StationRef, work: (transaction: Transaction, station: LockedStation) => Promise<T>): Promise<T | null> {
    return this.parts.store.lockFirst(ref, work);
  }

  async start(transaction: Transaction, ref: StationRef, { protocol }: LockedStation, campaign: Campaign): Promise<Started> {
    if (protocol === null) return 'later';
    const { values, runHours } = configurationWorkOf(campaign);
    const started = await this.parts.settings.startIn(transaction, ref, {
      campaign: campaign.id,
      protocol,
      values,
      runMs: runHours * HOUR_MS,
    });
    if (started === 'open') return 'later';
    return started === 'none' ? { skipped: 'does-not-fit' } : { work: started.id };
  }

  send(work: string): Promise<void> {
    return this.parts.settings.forward(work);
  }

  withdraw(transaction: Transaction, works: readonly string[]): Promise<void> {
    return this.parts.store.withdraw(transaction, works, this.parts.now());
  }

  async results(transaction: Transaction, works: readonly string[]): Promise<WorkResult[]> {
    return withResults(works, await this.parts.store.byIds(transaction, works), resultOf);
  }
}

/** No station is reset: that it has to be is the reason of a success. */
function resultOf(job: SettingJob): Omit<WorkResult, 'work'> | null {
  if (job.state === 'expired') return { outcome: 'not-reached', reason: 'expired' };
  if (job.state !== 'ended') return null;
  const failure = failureOf(job);
  if (failure !== null) return { outcome: 'failed', reason: failure };
  const isPending = job.items.some(({ result }) => result === 'reboot-required');
  return { outcome: 'succeeded', reason: isPending ? 'reboot-required' : null };
}

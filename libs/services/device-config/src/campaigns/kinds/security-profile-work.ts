import type { StationRef } from '@voltbus/contracts';
import type { NetworkWish, SecurityProfileUpgrades, Target, TypeormUpgrades, Upgrade } from '../../security-profile-upgrade';
import type { LockedStation, Transaction } from '../../stations/typeorm-in-station';
import type { Campaign } from '../domain/campaign';
import type { CampaignKind, Started, WorkResult } from '../kind';
import type { CandidateStation } from '../domain/candidate';
import { inHours, withResults } from './judged';

/** What a campaign does at each station. */
interface SecurityProfileWork {
  target: Target;
  network: NetworkWish;
  /** A station has failed that has come to no end by then. */
  runHours: number;
}

interface SecurityProfileKindParts {
  upgrades: Pick<SecurityProfileUpgrades, 'startIn' | 'forward'>;
  store: Pick<TypeormUpgrades, 'lockFirst' | 'byIds' | 'withdraw'>;
  now(): Date;
}

export function securityProfileWorkOf({ work }: Pick<Campaign, 'work'>): SecurityProfileWork {
  return work as unknown as SecurityProfileWork; // a campaign of this kind has no other
}

/** Raises of the security profile (OCPP A05). */
export class SecurityProfileKind implements CampaignKind {
  constructor(private readonly parts: SecurityProfileKindParts) {}

  isFor(work: Campaign['work'], { usedProfile }: Pick<CandidateStation, 'usedProfile'>): boolean {
    return usedProfile === null || usedProfile < securityProfileWorkOf({ work }).target;
  }

  inStation<T>(ref: StationRef, work: (transaction: Transaction, station: LockedStation) => Promise<T>): Promise<T | null> {
    return this.parts.store.lockFirst(ref, work);
  }

  async start(transaction: Transaction, ref: StationRef, _station: LockedStation, campaign: Campaign): Promise<Started> {
    const { target, network } = securityProfileWorkOf(campaign);
    const started = await this.parts.upgrades.startIn(transaction, ref, { target, network, actor: `campaign:${campaign.id}` });
    if (started === 'open') return 'later';
    return 'whyNot' in started ? { skipped: started.whyNot } : { work: started.id };
  }

  send(_work: string, ref: StationRef): Promise<void> {
    return this.parts.upgrades.forward(ref);
  }

  withdraw(transaction: Transaction, works: readonly string[]): Promise<void> {
    return this.parts.store.withdraw(transaction, works, this.parts.now());
  }

  async results(transaction: Transaction, works: readonly string[], campaign: Campaign): Promise<WorkResult[]> {
    const { runHours } = securityProfileWorkOf(campaign);
    const mustHaveBegun = inHours(this.parts.now(), -runHours);
    return withResults(works, await this.parts.store.byIds(transaction, works), (upgrade) => resultOf(upgrade, mustHaveBegun));
  }
}

/** One that is unconfirmed, is being taken back, or takes too long has failed; it has succeeded all the same when its station comes with the profile. */
function resultOf({ state, step, mayHaveIt, startedAt }: Upgrade, mustHaveBegun: Date): Omit<WorkResult, 'work'> | null {
  switch (state) {
    case 'done':
      return { outcome: 'succeeded', reason: null };
    case 'expired':
      return { outcome: 'not-reached', reason: 'expired' };
    case 'cancelled':
      return { outcome: mayHaveIt ? 'failed' : 'skipped', reason: 'operator' };
    case 'refused':
    case 'taken-back':
    case 'unconfirmed':
      return { outcome: 'failed', reason: state };
    case 'waiting':
    case 'sent':
    case 'reconnecting':
      if (step === 'restore') return { outcome: 'failed', reason: 'taken-back' };
      return startedAt <= mustHaveBegun ? { outcome: 'failed', reason: 'timed-out' } : null;
  }
}

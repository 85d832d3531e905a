import type { StationRef } from '@voltbus/contracts';
import type { PasswordRotations, Rotation, TypeormPasswordRotations } from '../../password-rotation';
import type { LockedStation, Transaction } from '../../stations/typeorm-in-station';
import type { Campaign } from '../domain/campaign';
import type { CampaignKind, Started, WorkResult } from '../kind';
import type { CandidateStation } from '../domain/candidate';
import { withResults } from './judged';

/** The profile in which stations prove themselves by a certificate. */
const CERTIFIED = 3;

interface PasswordKindParts {
  rotations: Pick<PasswordRotations, 'startIn' | 'forward'>;
  store: Pick<TypeormPasswordRotations, 'lockFirst' | 'byIds' | 'withdraw'>;
  now(): Date;
}

/** Replacements of passwords (OCPP A01). Each is made, sealed and kept by its block: nothing of it is in a campaign. */
export class PasswordKind implements CampaignKind {
  constructor(private readonly parts: PasswordKindParts) {}

  isFor(_work: Campaign['work'], { hasPassword, protocol, usedProfile }: CandidateStation): boolean {
    return hasPassword && protocol !== null && (usedProfile ?? 0) < CERTIFIED;
  }

  inStation<T>(ref: StationRef, work: (transaction: Transaction, station: LockedStation) => Promise<T>): Promise<T | null> {
    return this.parts.store.lockFirst(ref, work);
  }

  async start(transaction: Transaction, ref: StationRef, _station: LockedStation, campaign: Campaign): Promise<Started> {
    const started = await this.parts.rotations.startIn(transaction, ref, campaign.id);
    if (started === 'open') return 'later';
    return 'whyNot' in started ? { skipped: started.whyNot } : { work: started.id };
  }

  send(_work: string, ref: StationRef): Promise<void> {
    return this.parts.rotations.forward(ref);
  }

  withdraw(transaction: Transaction, works: readonly string[]): Promise<void> {
    return this.parts.store.withdraw(transaction, works, this.parts.now());
  }

  async results(transaction: Transaction, works: readonly string[]): Promise<WorkResult[]> {
    return withResults(works, await this.parts.store.byIds(transaction, works), resultOf);
  }
}

/** One that is unconfirmed has failed; it has succeeded all the same when its station comes with the new password. */
function resultOf({ state }: Rotation): Omit<WorkResult, 'work'> | null {
  switch (state) {
    case 'done':
      return { outcome: 'succeeded', reason: null };
    case 'expired':
      return { outcome: 'not-reached', reason: state };
    case 'refused':
    case 'unconfirmed':
      return { outcome: 'failed', reason: state };
    case 'cancelled':
      return { outcome: 'skipped', reason: 'operator' };
    case 'superseded':
      return { outcome: 'skipped', reason: state };
    case 'waiting':
    case 'sent':
    case 'accepted':
      return null;
  }
}

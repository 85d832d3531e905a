import type { StationRef } from '@voltbus/contracts';
import type { CertificateKind, FollowedRenewal, Renewals, TypeormCertificates } from '../../certificates';
import type { LockedStation, Transaction } from '../../stations/typeorm-in-station';
import type { Campaign } from '../domain/campaign';
import type { CampaignKind, Started, WorkResult } from '../kind';
import { inHours, withResults } from './judged';

/** What a campaign does at each station. */
interface CertificateWork {
  /** Which certificate is renewed. */
  certificate: CertificateKind;
  /** A station has failed that has not taken a new one by then. */
  runHours: number;
}

interface CertificateWorkKindParts {
  renewals: Pick<Renewals, 'startIn' | 'forward'>;
  store: Pick<TypeormCertificates, 'lockFirst' | 'renewalsById' | 'withdrawRenewals'>;
  now(): Date;
}

export function certificateWorkOf({ work }: Pick<Campaign, 'work'>): CertificateWork {
  return work as unknown as CertificateWork; // a campaign of this kind has no other
}

/** Renewals of certificates: a station is asked to ask for a new one, and has it when it has taken it (OCPP A02, A03). */
export class CertificateWorkKind implements CampaignKind {
  constructor(private readonly parts: CertificateWorkKindParts) {}

  isFor(): boolean {
    return true; // a certificate that is good is renewed as well: its authority may not be
  }

  inStation<T>(ref: StationRef, work: (transaction: Transaction, station: LockedStation) => Promise<T>): Promise<T | null> {
    return this.parts.store.lockFirst(ref, work);
  }

  async start(transaction: Transaction, ref: StationRef, station: LockedStation, campaign: Campaign): Promise<Started> {
    const { certificate: kind } = certificateWorkOf(campaign);
    const started = await this.parts.renewals.startIn(transaction, ref, { station, kind, campaign: campaign.id });
    if (started === 'open') return 'later';
    return 'whyNot' in started ? { skipped: started.whyNot } : { work: started.id };
  }

  send(_work: string, ref: StationRef, campaign: Campaign): Promise<void> {
    return this.parts.renewals.forward(ref, certificateWorkOf(campaign).certificate);
  }

  withdraw(transaction: Transaction, works: readonly string[]): Promise<void> {
    return this.parts.store.withdrawRenewals(transaction, works, this.parts.now());
  }

  async results(transaction: Transaction, works: readonly string[], campaign: Campaign): Promise<WorkResult[]> {
    const mustHaveBegun = inHours(this.parts.now(), -certificateWorkOf(campaign).runHours);
    return withResults(works, await this.parts.store.renewalsById(transaction, works), (renewal) => resultOf(renewal, mustHaveBegun));
  }
}

/** One whose request has come to a bad end has failed, though the station is asked again; a later success takes that back. */
function resultOf({ state, request, startedAt }: FollowedRenewal, mustHaveBegun: Date): Omit<WorkResult, 'work'> | null {
  switch (state) {
    case 'done':
      return { outcome: 'succeeded', reason: null };
    case 'expired':
      return { outcome: 'not-reached', reason: state };
    case 'given-up':
      return { outcome: 'failed', reason: state };
    case 'waiting':
    case 'asked':
      if (request === 'rejected' || request === 'failed') return { outcome: 'failed', reason: request };
      return startedAt <= mustHaveBegun ? { outcome: 'failed', reason: 'timed-out' } : null;
  }
}

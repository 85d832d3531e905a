import type { StationRef } from '@voltbus/contracts';
import type { LockedStation, Transaction } from '../stations/typeorm-in-station';
import type { CandidateStation } from './domain/candidate';
import type { Campaign } from './domain/campaign';

/** What came of asking a station: work whose id is kept; nothing to do there; or not now. */
export type Started = { work: string } | { skipped: string } | 'later';

/** How work at a station has ended. `not-reached`: its station has never heard of it, and it is over. */
export interface WorkResult {
  work: string;
  outcome: 'succeeded' | 'failed' | 'skipped' | 'not-reached';
  reason: string | null;
}

/** The kinds of work, by their names. */
export type CampaignKinds = Readonly<Record<Campaign['kind'], CampaignKind>>;

/** One kind of work that campaigns bring to stations: what is done at one, and how that is judged. */
export interface CampaignKind {
  /** Whether there may be anything to do at a station: the others are not in such a campaign. */
  isFor(work: Campaign['work'], station: CandidateStation): boolean;
  /** The lock under which work at a station is started; null where there is no such station. */
  inStation<T>(ref: StationRef, work: (transaction: Transaction, station: LockedStation) => Promise<T>): Promise<T | null>;
  /** Starts the work within the transaction in which the campaign keeps its id: both are stored, or none. */
  start(transaction: Transaction, ref: StationRef, station: LockedStation, campaign: Campaign): Promise<Started>;
  /** Sends what was started; a process that dies before it leaves that to the next look of another. */
  send(work: string, ref: StationRef, campaign: Campaign): Promise<void>;
  /** Takes back what no station has heard of yet, now or soon: it is `not-reached` then. */
  withdraw(transaction: Transaction, works: readonly string[]): Promise<void>;
  /** Those that have ended; one that there is not any more has failed. */
  results(transaction: Transaction, works: readonly string[], campaign: Campaign): Promise<WorkResult[]>;
}

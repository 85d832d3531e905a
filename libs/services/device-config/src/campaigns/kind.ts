import type { StationRef } from '@voltbus/contracts';
import type { LockedStation, Transaction } from '../stations/typeorm-in-station';
import type { DescribedStation } from '../stations/station-filter';
import type { Campaign } from './domain/campaign';

/** What came of asking a station: work whose id is kept; nothing to do there; or not now. */
export type Started = { work: string } | { skipped: string } | 'later';

/** How work at a station has ended. `not-reached`: its station has never heard of it, and it is over. */
export interface WorkResult {
  work: string;
  outcome: 'succeeded' | 'failed' | 'skipped' | 'not-reached';
  reason: string | null;
}

/** One kind of work that campaigns bring to stations: what is done at one, and how that is judged. */
export interface CampaignKind {
  /** What keeps a station out of such a campaign from the first; null: nothing. */
  isFor(work: Campaign['work'], station: DescribedStation): boolean;
  /** The lock under which work at a station is started; null where there is no such station. */
  inStation<T>(ref: StationRef, work: (transaction: Transaction, station: LockedStation) => Promise<T>): Promise<T | null>;
  /** Starts the work within the transaction in which the campaign keeps its id: both are stored, or none. */
  start(transaction: Transaction, ref: StationRef, station: LockedStation, campaign: Campaign): Promise<Started>;
  /** Sends what was started; a process that dies before it leaves that to the next look of another. */
  send(work: string): Promise<void>;
  /** Takes back what no station has heard of yet. */
  withdraw(transaction: Transaction, works: readonly string[]): Promise<void>;
  /** Those that have ended; one that there is not any more has failed. */
  results(transaction: Transaction, works: readonly string[]): Promise<WorkResult[]>;
}

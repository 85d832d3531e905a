import type { StationRef } from '@voltbus/contracts';
import { misfit, runs, type FirmwareImage, type FirmwareUpdates } from '../../firmware';
import type { Retries, StationRequest, TypeormStationRequests } from '../../station-requests';
import type { Campaign } from '../domain/campaign';
import type { CampaignKind, Started, WorkResult } from '../kind';
import { withResults } from './judged';
import type { LockedStation, Transaction } from '../../stations/typeorm-in-station';

/** Hours for which an update waits for a station that was connected when it was started; then the campaign comes back to it. */
const DELIVERY_HOURS = 1 / 12;

/** What a campaign does at each station. */
interface FirmwareWork extends Retries {
  image: FirmwareImage;
  runHours: number;
}

interface FirmwareKindParts {
  updates: FirmwareUpdates;
  store: TypeormStationRequests;
  now(): Date;
}

export function firmwareWorkOf({ work }: Pick<Campaign, 'work'>): FirmwareWork {
  return work as unknown as FirmwareWork; // a campaign of this kind has no other
}

/** Updates of the firmware. */
export class FirmwareKind implements CampaignKind {
  constructor(private readonly parts: FirmwareKindParts) {}

  isFor(work: Campaign['work'], station: { vendor: string | null; model: string | null; firmware: string | null }): boolean {
    const { image } = firmwareWorkOf({ work });
    return misfit(image, station) === null && !runs(image, station);
  }

  inStation<T>(ref: StationRef, work: (transaction: Transaction, station: LockedStation) => Promise<T>): Promise<T | null> {
    return this.parts.store.inStation(ref, work);
  }

  async start(transaction: Transaction, ref: StationRef, station: LockedStation, campaign: Campaign): Promise<Started> {
    const { image, ...options } = firmwareWorkOf(campaign);
    if (misfit(image, station) !== null) return { skipped: 'does-not-fit' };
    if (runs(image, station)) return { skipped: 'runs-already' };
    const wanted = { ...options, retrieveAt: null, installAt: null, waitHours: DELIVERY_HOURS, replace: false };
    const request = await this.parts.updates.ask(transaction, ref, { image, station, wanted, by: `campaign:${campaign.id}` });
    return request === null ? 'later' : { work: request.id };
  }

  send(work: string): Promise<void> {
    return this.parts.updates.send(work);
  }

  async withdraw(transaction: Transaction, works: readonly string[]): Promise<void> {
    await this.parts.store.withdraw(transaction, works, this.parts.now());
  }

  async results(transaction: Transaction, works: readonly string[]): Promise<WorkResult[]> {
    const requests = await this.parts.store.byIds(transaction, works);
    return withResults(works, requests, (request) => (request.endedAt === null ? null : resultOf(request)));
  }
}

function resultOf({ state, reason, sentAt }: StationRequest): Omit<WorkResult, 'work'> {
  if (state === 'succeeded') return { outcome: 'succeeded', reason: null };
  if (state === 'cancelled' && reason === 'operator') return { outcome: 'skipped', reason };
  if (sentAt === null && (state === 'cancelled' || reason === 'expired')) return { outcome: 'not-reached', reason };
  if (state === 'cancelled') return { outcome: 'skipped', reason };
  return { outcome: 'failed', reason };
}

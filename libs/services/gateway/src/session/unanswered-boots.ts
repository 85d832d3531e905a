import { stationKey, type StationRef } from '@voltbus/contracts';
import { LRUCache } from 'lru-cache';
import type { CloseReason } from './close-reasons';
import { MAX_UNANSWERED_BOOTS } from '../limits';
import type { Session } from './session';

/** Stations that left this gateway with a boot that was not answered: some do not say it again over the next connection either (quirk 87). */
export class UnansweredBoots {
  private readonly stations = new LRUCache<string, true>({ max: MAX_UNANSWERED_BOOTS });

  /** One that was told to reconnect for its boot is not remembered: whoever was accepted before is troubled once. */
  onDisconnected({ key, owesBoot }: Pick<Session, 'key' | 'owesBoot'>, ending: CloseReason | null): void {
    if (owesBoot && ending !== 'unbooted') this.stations.set(key, true);
  }

  /** Whether the station left so; forgotten with that. */
  takeStation(ref: StationRef): boolean {
    return this.stations.delete(stationKey(ref));
  }
}

import { stationKey, type StationRef } from '@voltbus/contracts';
import { LRUCache } from 'lru-cache';
import { MAX_UNANSWERED_BOOTS } from '../limits';
import type { Connection } from './connection';

/** The stations that left this gateway before their boot was answered. Some do not repeat it on their next connection either (quirk 87). */
export class UnansweredBoots {
  private readonly stations = new LRUCache<string, true>({ max: MAX_UNANSWERED_BOOTS });

  /**
   * A station that was told to reconnect for its boot is not remembered: a station that was accepted before is
   * disturbed only once.
   */
  onDisconnected({ key, closeReason }: Pick<Connection, 'key' | 'closeReason'>, bootMissing: boolean): void {
    if (bootMissing && closeReason !== 'unbooted') this.stations.set(key, true);
  }

  /** Returns whether the station left so, and forgets it. */
  takeStation(ref: StationRef): boolean {
    return this.stations.delete(stationKey(ref));
  }
}

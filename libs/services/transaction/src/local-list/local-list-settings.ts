import type { StationRef } from '@voltbus/contracts';
import type { LocalList, Mode } from './domain/local-list';
import { ENTRIES_PER_MESSAGE } from './list-parts';
import type { StoredLocalList } from './store/typeorm-local-lists';

/** The part of a list that an operator sets. */
export interface LocalListSettings {
  mode: Mode;
  entriesPerMessage: number;
}

export function settingsOf({ list, perMessage }: StoredLocalList): LocalListSettings {
  return { mode: list.mode, entriesPerMessage: perMessage };
}

/** The list of a station for which no operator has set one. */
export function untouched(ref: StationRef, at: Date): StoredLocalList {
  const list: LocalList = {
    ...{ mode: 'off', connected: false, protocol: null, version: null, cleared: 0, target: 0, asks: false, whole: false, unproven: null },
    ...{ standing: 'works', attempts: 0, retryAt: null, lastOutcome: null, step: null },
  };
  return { ref, list, perMessage: ENTRIES_PER_MESSAGE, serial: 0, command: null, changedAt: at };
}

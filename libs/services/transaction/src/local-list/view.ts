import type { Capabilities } from '../capabilities/words';
import { stateOf, type Mode, type State } from './list';
import { entriesOf } from './parts';
import type { Kept } from './typeorm-local-lists';
import type { TypeormTokenChanges } from './typeorm-token-changes';

/** A station's local list as an operator is shown it. */
export interface LocalListView {
  station: string;
  mode: Mode;
  entriesPerMessage: number;
  desiredVersion: number | null;
  reportedVersion: number | null;
  state: State;
  lastOutcome: string | null;
  changedAt: string | null;
  entries: number;
  stationSays: StationSays;
}

/** What the station says of its list; null: it has not said. */
export interface StationSays {
  available: boolean | null;
  enabled: boolean | null;
  maxEntries: number | null;
  entriesPerMessage: number | null;
  bytesPerMessage: number | null;
}

export async function viewOf(
  { ref, list, perMessage, serial, changedAt }: Kept,
  said: Capabilities,
  tokens: TypeormTokenChanges,
  at: Date,
): Promise<LocalListView> {
  const { revision } = await tokens.changes(at);
  const off = list.mode === 'off';
  const entries = off ? 0 : await entriesOf(tokens, list, said.maxEntries ?? Infinity, at);
  return {
    station: ref.station,
    mode: list.mode,
    entriesPerMessage: perMessage,
    desiredVersion: off ? null : revision,
    reportedVersion: list.version,
    state: stateOf(list, revision, said, entries),
    lastOutcome: list.lastOutcome,
    changedAt: serial === 0 && off ? null : changedAt.toISOString(),
    entries,
    stationSays: {
      available: said.listAvailable ?? null,
      enabled: said.listEnabled ?? null,
      maxEntries: said.maxEntries ?? null,
      entriesPerMessage: said.entriesPerMessage ?? null,
      bytesPerMessage: said.bytesPerMessage ?? null,
    },
  };
}

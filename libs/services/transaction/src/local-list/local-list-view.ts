import type { Capabilities } from '../capabilities';
import { stateOf, type Mode, type State } from './domain/local-list';
import { entriesOf } from './list-parts';
import type { StoredLocalList } from './store/typeorm-local-lists';
import type { TypeormTokenChanges } from './store/typeorm-token-changes';

/** A station's local list as the API shows it. */
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
  stationSays: ReportedListCapabilities;
}

/** The list capabilities that the station has reported; null: not reported. */
interface ReportedListCapabilities {
  available: boolean | null;
  enabled: boolean | null;
  maxEntries: number | null;
  entriesPerMessage: number | null;
  bytesPerMessage: number | null;
}

export async function viewOf(
  { ref, list, perMessage, serial, changedAt }: StoredLocalList,
  capabilities: Capabilities,
  tokens: TypeormTokenChanges,
  at: Date,
): Promise<LocalListView> {
  const { revision } = await tokens.changes(at);
  const off = list.mode === 'off';
  const entries = off ? 0 : await entriesOf(tokens, list, capabilities.maxEntries ?? Infinity, at);
  return {
    station: ref.station,
    mode: list.mode,
    entriesPerMessage: perMessage,
    desiredVersion: off ? null : revision,
    reportedVersion: list.version,
    state: stateOf(list, revision, capabilities, entries),
    lastOutcome: list.lastOutcome,
    changedAt: serial === 0 && off ? null : changedAt.toISOString(),
    entries,
    stationSays: {
      available: capabilities.listAvailable ?? null,
      enabled: capabilities.listEnabled ?? null,
      maxEntries: capabilities.maxEntries ?? null,
      entriesPerMessage: capabilities.entriesPerMessage ?? null,
      bytesPerMessage: capabilities.bytesPerMessage ?? null,
    },
  };
}

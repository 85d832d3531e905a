/** What an entry that is switched on is given besides: a whole number within bounds, the name of a time zone, or nothing. */
export type QuirkValue =
  | { kind: 'none' }
  | { kind: 'number'; unit: 'seconds' | 'milliseconds' | 'items' | 'number'; least: number; most: number; means: string }
  | { kind: 'time-zone'; means: string };

/** One way in which stations differ from the specification, and what we do about it. Data: code reads the switch and the value, never the words. */
export interface QuirkEntry {
  /** What the station does. */
  station: string;
  /** What we do. */
  csms: string;
  /** The messages that it is about. */
  actions: string;
  versions: 'all' | '1.6' | '2.x';
  /** Ranks in the list of field quirks that this page ends with. */
  ranks: readonly number[];
  /** The file that decides, from the root of the repository. */
  decidedBy: string;
  /** The spec that shows it. */
  spec: string;
  /** The flag, metric or log by which one sees that it was used. */
  shownBy: string;
}

/** An entry that changes what messages mean, or how a station is treated, and so is chosen. */
export interface SwitchableEntry extends QuirkEntry {
  /** Whether it is on where no profile says anything. */
  default: 'on' | 'off';
  value: QuirkValue;
}

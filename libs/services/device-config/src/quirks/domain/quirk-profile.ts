import { SWITCHABLE_QUIRKS, type QuirkSetting, type SwitchableQuirk } from '@voltbus/contracts';

/** An entry as a profile switches it. */
export interface SwitchedQuirk {
  quirk: SwitchableQuirk;
  on: boolean;
  /** What it is switched on with, a number as text; null: nothing. */
  value: string | null;
}

/** Which stations a profile is for: those that meet every condition; an empty one is met by all. All but groups are patterns with `*`. */
export interface QuirkFilter {
  vendors: string[];
  models: string[];
  firmwareVersions: string[];
  groups: string[];
  stations: string[];
}

/** Quirks that are switched for all stations that its filter chooses. */
export interface QuirkProfile extends QuirkFilter {
  profile: string;
  description: string | null;
  quirks: SwitchedQuirk[];
}

/** How an entry that is switched so travels with a station. */
export function settingOf({ quirk, on, value }: SwitchedQuirk): QuirkSetting {
  if (!on || value === null) return on;
  return SWITCHABLE_QUIRKS[quirk].value.kind === 'number' ? Number(value) : value;
}

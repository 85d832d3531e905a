export { quirks } from './block';
export { LEVELS, isMet, type EffectiveQuirk, type QuirkyStation } from './domain/effective-quirks';
export type { QuirkProfile, SwitchedQuirk } from './domain/quirk-profile';
export { MAX_PATTERNS, MAX_PATTERN_LENGTH, MAX_QUIRK_PROFILES } from './limits';
export { QUIRKY_STATION, TypeormStationQuirks, toQuirkProfile, type QuirkProfileRow } from './store/typeorm-station-quirks';

import { SWITCHABLE_NAMES, SWITCHABLE_QUIRKS, type QuirkSettings, type SwitchableQuirk } from '@voltbus/contracts';
import { fits } from '../../stations/station-filter';
import { settingOf, type QuirkFilter, type QuirkProfile, type SwitchedQuirk } from './quirk-profile';

/** A station, as profiles look at it. */
export interface QuirkyStation {
  station: string;
  vendor: string | null;
  model: string | null;
  firmware: string | null;
  group: string | null;
}

/** How closely a profile describes its stations, the closest first: by the closest of its conditions. The last: it has none. */
export const LEVELS = ['station', 'group', 'firmware', 'model', 'vendor', 'tenant'] as const;
type Level = (typeof LEVELS)[number];

/** What holds for a station of one entry, and where it comes from. */
export interface EffectiveQuirk extends SwitchedQuirk {
  /** Null: no profile that the station meets says anything of it. */
  profile: string | null;
  level: Level | 'default';
}

function levelOf({ stations, groups, firmwareVersions, models, vendors }: QuirkFilter): Level {
  if (stations.length > 0) return 'station';
  if (groups.length > 0) return 'group';
  if (firmwareVersions.length > 0) return 'firmware';
  if (models.length > 0) return 'model';
  return vendors.length > 0 ? 'vendor' : 'tenant';
}

export function isMet(filter: QuirkFilter, { station, vendor, model, firmware, group }: QuirkyStation): boolean {
  return (
    fitsAny(filter.vendors, vendor) &&
    fitsAny(filter.models, model) &&
    fitsAny(filter.firmwareVersions, firmware) &&
    fitsAny(filter.stations, station) &&
    (filter.groups.length === 0 || filter.groups.some((name) => name.toLowerCase() === group?.toLowerCase()))
  );
}

/** Whether the profile is for this station by its name; a pattern with `*` names none. */
export function namesStation({ stations }: QuirkFilter, station: string): boolean {
  return stations.some((pattern) => !pattern.includes('*') && fits(pattern, station));
}

/**
 * Every entry as it holds for the station, in the order of the table. Of profiles that it meets and that name the entry counts the one of the closest level,
 * of those the one with the most conditions, then the first by name.
 */
export function effectiveQuirks(profiles: readonly QuirkProfile[], station: QuirkyStation): EffectiveQuirk[] {
  const met = profiles.filter((profile) => isMet(profile, station)).sort(byCloseness);
  return SWITCHABLE_NAMES.map((quirk) => effective(quirk, met));
}

/** The entries that are not as by default, as they travel with the station. */
export function settingsOf(profiles: readonly QuirkProfile[], station: QuirkyStation): QuirkSettings {
  if (profiles.length === 0) return {};
  const switched = effectiveQuirks(profiles, station).filter(({ quirk, on, value }) => on !== isOnByDefault(quirk) || value !== null);
  return Object.fromEntries(switched.map((one) => [one.quirk, settingOf(one)]));
}

function effective(quirk: SwitchableQuirk, met: readonly QuirkProfile[]): EffectiveQuirk {
  for (const profile of met) {
    const entry = profile.quirks.find((one) => one.quirk === quirk);
    if (entry !== undefined) return { ...entry, profile: profile.profile, level: levelOf(profile) };
  }
  return { quirk, on: isOnByDefault(quirk), value: null, profile: null, level: 'default' };
}

function isOnByDefault(quirk: SwitchableQuirk): boolean {
  return SWITCHABLE_QUIRKS[quirk].default === 'on';
}

function byCloseness(one: QuirkProfile, other: QuirkProfile): number {
  const level = LEVELS.indexOf(levelOf(one)) - LEVELS.indexOf(levelOf(other));
  return level || conditionsOf(other) - conditionsOf(one) || (one.profile < other.profile ? -1 : 1);
}

function conditionsOf({ vendors, models, firmwareVersions, groups, stations }: QuirkFilter): number {
  return [vendors, models, firmwareVersions, groups, stations].filter((condition) => condition.length > 0).length;
}

function fitsAny(patterns: readonly string[], text: string | null): boolean {
  return patterns.length === 0 || (text !== null && patterns.some((pattern) => fits(pattern, text)));
}

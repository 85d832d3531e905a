import type { VariableName } from '../../device-model';

/** How far a profile goes: `dry-run` shows what differs and sets nothing. */
export const MODES = ['off', 'dry-run', 'apply'] as const;
export type Mode = (typeof MODES)[number];

type GivenNames = { [K in keyof VariableName]?: NonNullable<VariableName[K]> | undefined };

/** A value that a variable shall have, as a person names it. */
export interface ProfileValue extends GivenNames {
  attribute: 'Actual' | 'Target' | 'MinSet' | 'MaxSet';
  value: string;
}

/** Values for all stations that meet every condition; an empty condition is met by all. */
export interface Profile {
  profile: string;
  description: string | null;
  mode: Mode;
  /** Where profiles give a variable different values, the highest counts. */
  priority: number;
  vendors: string[];
  models: string[];
  /** Patterns with `*`. */
  firmwareVersions: string[];
  groups: string[];
  values: ProfileValue[];
}

/** A station, as profiles look at it. */
export interface DescribedStation {
  vendor: string | null;
  model: string | null;
  firmware: string | null;
  group: string | null;
}

export function matches({ vendors, models, firmwareVersions, groups }: Omit<Profile, 'values'>, station: DescribedStation): boolean {
  return (
    isAmong(vendors, station.vendor) &&
    isAmong(models, station.model) &&
    isAmong(groups, station.group) &&
    (firmwareVersions.length === 0 || firmwareVersions.some((pattern) => fits(pattern, station.firmware ?? '')))
  );
}

/** Profiles in the order in which their values count, the last word first. */
export function byPriority(profiles: readonly Profile[]): Profile[] {
  return [...profiles].sort((one, other) => other.priority - one.priority || (one.profile < other.profile ? -1 : 1));
}

function isAmong(names: readonly string[], given: string | null): boolean {
  return names.length === 0 || (given !== null && names.some((name) => name.toLowerCase() === given.toLowerCase()));
}

/** Without a regular expression: each part between two stars is looked for behind the one before. */
export function fits(pattern: string, text: string): boolean {
  const [given, parts] = [text.toLowerCase(), pattern.toLowerCase().split('*')];
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (parts.length === 1) return given === first;
  if (!given.startsWith(first) || !given.endsWith(last) || given.length < first.length + last.length) return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = given.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return from <= given.length - last.length;
}

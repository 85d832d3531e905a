import type { VariableName } from '../../device-model';
import type { StationFilter } from '../../stations/station-filter';

/** How far a profile goes: `dry-run` shows what differs and sets nothing. */
export const MODES = ['off', 'dry-run', 'apply'] as const;
export type Mode = (typeof MODES)[number];

type GivenNames = { [K in keyof VariableName]?: NonNullable<VariableName[K]> | undefined };

/** A value that a variable shall have, as a person names it. */
export interface ProfileValue extends GivenNames {
  attribute: 'Actual' | 'Target' | 'MinSet' | 'MaxSet';
  value: string;
}

/** Values for all stations that its filter chooses. */
export interface Profile extends StationFilter {
  profile: string;
  description: string | null;
  mode: Mode;
  /** Where profiles give a variable different values, the highest counts. */
  priority: number;
  values: ProfileValue[];
}

/** Profiles in the order in which their values count, the last word first. */
export function byPriority(profiles: readonly Profile[]): Profile[] {
  return [...profiles].sort((one, other) => other.priority - one.priority || (one.profile < other.profile ? -1 : 1));
}

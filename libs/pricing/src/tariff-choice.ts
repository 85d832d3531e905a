import type { Cdr, Tariff } from '@voltbus/contracts';

export const ASSIGNMENT_KINDS = ['token-group', 'station-group'] as const;
export type AssignmentKind = (typeof ASSIGNMENT_KINDS)[number];

/** What the sessions of a group cost. */
export interface TariffAssignment {
  kind: AssignmentKind;
  group: string;
  /** Name of the tariff. */
  tariff: string;
}

/** A tariff that applies unless one before it does. */
export interface Offer {
  from: NonNullable<Cdr['tariffFrom']>;
  /** As it stood when the session started; null: a tariff of that name there was not. */
  tariff: Tariff | null;
}

export interface Choice {
  tariff: Tariff | null;
  from: Offer['from'] | null;
  /** What was odd about choosing. */
  flags: readonly string[];
}

/**
 * The first offer whose tariff there is. They come in order of precedence: token group, station group, tenant (ADR 16). A tariff that is
 * named and not there makes the next one apply, not a session that costs nothing.
 */
export function choose(offers: readonly Offer[]): Choice {
  const chosen = offers.findIndex(({ tariff }) => tariff !== null);
  const missed = chosen === -1 ? offers.length : chosen;
  const { tariff, from } = offers[chosen] ?? { tariff: null, from: null };
  return { tariff, from, flags: missed > 0 ? ['tariff-missing'] : [] };
}

/** Groups are named without regard to case, as 1.6 names the groups of tokens (CiString). */
export function groupKey(group: string): string {
  return group.toUpperCase();
}

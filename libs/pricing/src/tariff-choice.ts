import type { Cdr, Flag, Tariff } from '@voltbus/contracts';

export const ASSIGNMENT_KINDS = ['token-group', 'station-group'] as const;
export type AssignmentKind = (typeof ASSIGNMENT_KINDS)[number];

/** Assigns a tariff to the sessions of a group. */
export interface TariffAssignment {
  kind: AssignmentKind;
  group: string;
  /** Name of the tariff. */
  tariff: string;
}

/** A tariff that applies unless an earlier offer does. */
export interface Offer {
  from: NonNullable<Cdr['tariffFrom']>;
  /** The tariff as it was when the session started; null: there was no tariff of that name. */
  tariff: Tariff | null;
}

export interface Choice {
  tariff: Tariff | null;
  from: Offer['from'] | null;
  /** Flags for the CDR. */
  flags: readonly Flag[];
}

/**
 * Chooses the first offer whose tariff exists. Offers come in order of precedence: token group, station group, tenant (ADR 16). When a tariff
 * is missing the next one applies, so that the session is not free.
 */
export function choose(offers: readonly Offer[]): Choice {
  const chosen = offers.findIndex(({ tariff }) => tariff !== null);
  const missed = chosen === -1 ? offers.length : chosen;
  const { tariff, from } = offers[chosen] ?? { tariff: null, from: null };
  return { tariff, from, flags: missed > 0 ? ['tariff-missing'] : [] };
}

/** Names of groups are compared without regard to case, as those of token groups are in 1.6 (CiString). */
export function groupKey(group: string): string {
  return group.toUpperCase();
}

import type { EndedTransaction, Tariff } from '@voltbus/contracts';
import { choose, type AssignmentKind, type Choice, type Offer } from './tariff-choice';
import { heldAt, heldSince, type Version } from './tariff-history';

/** The currency of a tenant, and the tariff of sessions to whose groups no tariff is assigned. */
export interface TenantTerms {
  currency: string;
  defaultTariff: string | null;
}

/** The history of a tenant's prices for one station, each list in order of time. */
export interface TermsSource {
  termsHistory(): Promise<Version<TenantTerms>[]>;
  tariffHistory(tariff: string): Promise<Version<Tariff>[]>;
  assignmentHistory(kind: AssignmentKind, group: string): Promise<Version<string>[]>;
  stationGroups(): Promise<Version<string>[]>;
}

/** The tariff and the currency by which a session is billed. */
export interface Terms extends Choice {
  /** The tenant's currency, also when no tariff applies. */
  currency: string;
}

/**
 * The terms of a session as they were when it started. Null: the tenant's terms are not known yet. CDRs and running costs both use this
 * function, so that they agree.
 */
export async function termsOf(
  source: TermsSource,
  { startedAt, idTokenGroup }: Pick<EndedTransaction, 'startedAt' | 'idTokenGroup'>,
): Promise<Terms | null> {
  const at = Date.parse(startedAt);
  const history = await source.termsHistory();
  const terms = heldAt(history, at);
  if (terms === null) return null;

  const assigned = async (kind: AssignmentKind, group: string | null): Promise<string | null> =>
    group === null ? null : heldSince(await source.assignmentHistory(kind, group), at);
  const byDefault = history.map(({ since, value }) => ({ since, value: value?.defaultTariff ?? null }));
  const names: [Offer['from'], string | null][] = [
    ['token-group', await assigned('token-group', idTokenGroup ?? null)],
    ['station-group', await assigned('station-group', heldSince(await source.stationGroups(), at))],
    ['tenant', heldAt(byDefault, at)],
  ];
  const offers: Offer[] = [];
  for (const [from, name] of names) if (name !== null) offers.push({ from, tariff: heldAt(await source.tariffHistory(name), at) });
  return { ...choose(offers), currency: terms.currency };
}

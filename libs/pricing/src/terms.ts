import type { EndedTransaction, Tariff } from '@voltbus/contracts';
import { choose, type AssignmentKind, type Choice, type Offer } from './tariff-choice';
import { heldAt, heldSince, type Version } from './tariff-history';

/** What a tenant settles by where no group of it has a tariff of its own. */
export interface TenantTerms {
  currency: string;
  defaultTariff: string | null;
}

/** What has been said of prices, all of it in order of time, of one tenant and for one station. */
export interface TermsSource {
  termsHistory(): Promise<Version<TenantTerms>[]>;
  tariffHistory(tariff: string): Promise<Version<Tariff>[]>;
  assignmentHistory(kind: AssignmentKind, group: string): Promise<Version<string>[]>;
  stationGroups(): Promise<Version<string>[]>;
}

/** What a session is settled by. */
export interface Terms extends Choice {
  /** The tenant's, for what costs nothing. */
  currency: string;
}

/**
 * What a session is settled by, all of it as it stood when the session started. Null: its tenant's terms have not been heard of. Whoever
 * bills and whoever tells a driver what it costs ask this, so that they say the same.
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
  const wishes: [Offer['from'], string | null][] = [
    ['token-group', await assigned('token-group', idTokenGroup ?? null)],
    ['station-group', await assigned('station-group', heldSince(await source.stationGroups(), at))],
    ['tenant', heldAt(byDefault, at)],
  ];
  const offers: Offer[] = [];
  for (const [from, name] of wishes) if (name !== null) offers.push({ from, tariff: heldAt(await source.tariffHistory(name), at) });
  return { ...choose(offers), currency: terms.currency };
}

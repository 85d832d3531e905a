import type { EndedTransaction } from '@voltbus/contracts';
import type { Terms } from './domain/settle';
import { choose, type AssignmentKind, type Offer } from './domain/tariff-choice';
import { heldAt, heldSince } from './domain/tariff-history';
import type { SettlementUnit } from './store/typeorm-cdrs';

/** What a session is settled by, all of it as it stood when the session started. Null: its tenant's terms have not been heard of. */
export async function termsOf(unit: SettlementUnit, account: EndedTransaction): Promise<Terms | null> {
  const at = Date.parse(account.startedAt);
  const history = await unit.termsHistory();
  const terms = heldAt(history, at);
  if (terms === null) return null;

  const assigned = async (kind: AssignmentKind, group: string | null): Promise<string | null> =>
    group === null ? null : heldSince(await unit.assignmentHistory(kind, group), at);
  const byDefault = history.map(({ since, value }) => ({ since, value: value?.defaultTariff ?? null }));
  const wishes: [Offer['from'], string | null][] = [
    ['token-group', await assigned('token-group', account.idTokenGroup ?? null)],
    ['station-group', await assigned('station-group', heldSince(await unit.stationGroups(), at))],
    ['tenant', heldAt(byDefault, at)],
  ];
  const offers: Offer[] = [];
  for (const [from, name] of wishes) if (name !== null) offers.push({ from, tariff: heldAt(await unit.tariffHistory(name), at) });
  return { ...choose(offers), currency: terms.currency };
}

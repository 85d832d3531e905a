import type { History, Recorded } from '../history';

/** Invariant 5: no event has anything of another tenant: key, attributes and value name one; ids, and tokens of the fleets, belong to one. */
export function tenancy(history: History): string[] {
  const events = [history.connections, history.transactions, history.cdrs, history.commandResults].flat() as Recorded<Named>[];
  const owner = new Map<string, string>(tokensOf(history));
  return events.flatMap(({ key, id, tenant, subject, value }) => {
    const errors: string[] = [];
    const named = `${value.tenant}/${value.station}`;
    if (tenant !== value.tenant || key !== named || subject !== named)
      errors.push(`event ${id}: key ${key}, subject ${subject}, tenant ${tenant}, value of ${named}`);
    for (const name of [value.transaction ?? value.id, value.idToken?.toUpperCase()]) {
      if (name === undefined) continue;
      const known = owner.get(name) ?? value.tenant;
      if (known !== value.tenant) errors.push(`event ${id} of ${value.tenant}: ${name} belongs to ${known}`);
      if (name !== value.idToken?.toUpperCase()) owner.set(name, known);
    }
    return errors;
  });
}

/** The members by which an event could name something of another tenant. */
interface Named {
  tenant: string;
  station: string;
  id?: string;
  transaction?: string;
  idToken?: string | null;
}

/** Tokens that only one fleet has. */
function tokensOf({ fleets }: History): [string, string][] {
  const owners = new Map<string, string | null>();
  for (const { tenant, truth } of fleets)
    for (const { idToken } of truth.stations.flatMap(({ sessions }) => sessions)) {
      const name = idToken.toUpperCase();
      owners.set(name, (owners.get(name) ?? tenant) === tenant ? tenant : null);
    }
  return [...owners].flatMap(([name, tenant]) => (tenant === null ? [] : [[name, tenant]]));
}

/** One charging station of one tenant. Tenant and station always travel together: tenants never meet. */
export interface StationRef {
  tenant: string;
  station: string;
}

/** The tenant of `/ocpp/<station>` and of requests that name none. */
export const DEFAULT_TENANT = 'default';

/** In the place of a station in the key of what is about a tenant. */
export const NO_STATION = '-';

/** Tenant names: lower-case letters, digits and hyphens, 1 to 36 characters. No slash: the key's first slash ends the tenant. */
export const TENANT_PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,34}[a-z0-9])?$/;

/** Longest station identity accepted (OCPP 2.x identifierString[48]; 1.6 advises the same). */
export const MAX_STATION_LENGTH = 48;

/** Characters of a group of tokens (OCPP 2.x groupIdToken, identifierString[36]). */
export const MAX_TOKEN_GROUP_LENGTH = 36;

/** Characters of a group of stations: only we name them. */
export const MAX_STATION_GROUP_LENGTH = 50;

/** Names of tariffs, 1 to 100 characters: they appear in paths and on bills. */
export const TARIFF_NAME = /^[\w.:-]{1,100}$/;

/** Key of everything about one station, on every topic: `<tenant>/<station>`. */
export function stationKey(ref: StationRef): string {
  return `${ref.tenant}/${ref.station}`;
}

/** The inverse of `stationKey`; a station identity may itself contain slashes. Throws on a key without one. */
export function parseStationKey(key: string): StationRef {
  const slash = key.indexOf('/');
  if (slash < 1 || slash === key.length - 1) throw new Error(`not a station key: ${JSON.stringify(key)}`);
  return { tenant: key.slice(0, slash), station: key.slice(slash + 1) };
}

/** What is of each station, in the order given; the stations in that of their first. */
export function groupByStation<T>(given: readonly T[], refOf: (one: T) => StationRef): { ref: StationRef; items: T[] }[] {
  const stations = new Map<string, { ref: StationRef; items: T[] }>();
  for (const one of given) {
    const { tenant, station } = refOf(one);
    const key = stationKey({ tenant, station });
    const known = stations.get(key);
    if (known === undefined) stations.set(key, { ref: { tenant, station }, items: [one] });
    else known.items.push(one);
  }
  return [...stations.values()];
}

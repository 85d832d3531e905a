import { isUuid } from '../values/values';

/** The tenant and the parameters of a request's path. */
interface RouteTarget {
  tenant: string;
  params: Readonly<Record<string, string>>;
}

/** Finds the station of the resource that a route is about; null where there is no such resource. */
type StationFinder<C = never> = (controller: C, target: RouteTarget) => Promise<string | null>;

/**
 * How a route keeps to the station groups of a caller that is limited to some. `station`: it is about the station in its path. `list`: its items are each of a
 * station, and those of other groups are left out. `item`: it is about one resource of a station. `stream`: the route itself keeps to it. `refused`: it
 * concerns the whole tenant, and such callers may not use it.
 */
export type Reach =
  | { kind: 'station'; writesGroup: boolean }
  | { kind: 'list' | 'stream' | 'refused' }
  | { kind: 'item'; noun: string; stationOf: StationFinder<unknown> };

/** About the station that the path names as `{station}`. */
export const OF_STATION: Reach = { kind: 'station', writesGroup: false };
/** The same, where the body may give the station another `group`: a caller that is limited to some gives it only one of those. */
export const OF_WRITTEN_STATION: Reach = { kind: 'station', writesGroup: true };
/** A list whose source is a `TypeormList` of rows that are each of a station. */
export const OF_STATIONS: Reach = { kind: 'list' };
/** The route itself keeps to the station groups of its caller. */
export const OF_STREAM: Reach = { kind: 'stream' };
/** Concerns the whole tenant: callers that are limited to station groups are refused. */
export const OF_TENANT: Reach = { kind: 'refused' };

/**
 * About one resource, whose id (a UUID) the path names as `{id}`, or as `parameter`; `noun` is what a caller is told that there is none of. `find` is called
 * only for callers that are limited to station groups.
 */
export function ofItem<C>(
  noun: string,
  find: (controller: C, tenant: string, id: string) => Promise<{ station: string | null } | null>,
  parameter = 'id',
): Reach {
  const stationOf: StationFinder<C> = async (controller, { tenant, params: { [parameter]: id = '' } }) =>
    isUuid(id) ? ((await find(controller, tenant, id.toLowerCase()))?.station ?? null) : null;
  return { kind: 'item', noun, stationOf: stationOf as StationFinder<unknown> }; // the route's own controller is passed
}

/** EVSEs that are named at once; more than any station has. */
export const MAX_EVSES = 100;

/** Where a token may charge. What is named must all be so; what is left out may be anything. */
export interface Place {
  station?: string | undefined;
  /** A group of stations, compared without regard to case. */
  group?: string | undefined;
  /** EVSEs of those stations; on 1.6 its connectors. */
  evses?: readonly number[] | undefined;
}

/** The station where a token is presented, and the group it belongs to. */
interface Whereabouts {
  station: string;
  group: string | null;
}

/**
 * C01.FR.19, C01.FR.20, C01.FR.22: the EVSEs of the station at which it may charge, in order; null: at all of them;
 * empty: at none.
 */
export function allowedEvses(allowedAt: readonly Place[], here: Whereabouts): readonly number[] | null {
  if (allowedAt.length === 0) return null;
  const places = allowedAt.filter((place) => covers(place, here));
  if (places.some(({ evses }) => evses === undefined)) return null;
  return [...new Set(places.flatMap(({ evses = [] }) => evses))].sort((one, other) => one - other);
}

function covers({ station, group }: Place, here: Whereabouts): boolean {
  if (station !== undefined && station !== here.station) return false;
  return group === undefined || group.toUpperCase() === here.group?.toUpperCase();
}

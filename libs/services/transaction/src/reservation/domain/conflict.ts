import type { Reservation } from '@voltbus/contracts';

/** What a reservation asks for. */
export type Place = Pick<Reservation, 'evse' | 'connectorType'>;

/** An EVSE of a station, and the types of its connectors as far as the station has told them; null: it has not. */
export interface KnownEvse {
  evse: number;
  connectorTypes: readonly string[] | null;
}

/**
 * Why a station cannot hold one more reservation beside those that it holds: the same EVSE is reserved, or fewer EVSEs than
 * reservations could be given one each (H01.FR.04, H01.FR.06, H01.FR.20). Null: it can, or its EVSEs are not known.
 */
export function conflictWith(wanted: Place, held: readonly Place[], evses: readonly KnownEvse[]): 'evse-reserved' | 'no-evse-left' | null {
  if (wanted.evse !== null && held.some(({ evse }) => evse === wanted.evse)) return 'evse-reserved';
  if (evses.length === 0) return null;
  return canSeatAll([wanted, ...held], evses) ? null : 'no-evse-left';
}

/** Each reservation gets an EVSE of its own, by augmenting paths: one that has a seat makes room where it can take another. */
function canSeatAll(places: readonly Place[], evses: readonly KnownEvse[]): boolean {
  const named = places.flatMap(({ evse }) => (evse === null || evses.some((one) => one.evse === evse) ? [] : [evse]));
  const all = [...evses, ...named.map((evse) => ({ evse, connectorTypes: null }))]; // a station may have some that it has not told of
  const seats = new Map<number, Place>();
  const seat = (place: Place, tried: Set<number>): boolean =>
    all.some((one) => {
      if (tried.has(one.evse) || !fits(place, one)) return false;
      tried.add(one.evse);
      const sitting = seats.get(one.evse);
      if (sitting !== undefined && !seat(sitting, tried)) return false;
      seats.set(one.evse, place);
      return true;
    });
  return places.every((place) => seat(place, new Set()));
}

function fits({ evse, connectorType }: Place, known: KnownEvse): boolean {
  if (evse !== null && evse !== known.evse) return false;
  // a station that is asked for an EVSE knows its connectors best
  return evse !== null || connectorType === null || known.connectorTypes === null || known.connectorTypes.includes(connectorType);
}

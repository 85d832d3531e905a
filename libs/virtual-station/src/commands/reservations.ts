/** A place that the station keeps. */
interface Reservation {
  id: number;
  /** Null: any EVSE. */
  evse: number | null;
  idToken: string;
  group: string | null;
  timer: NodeJS.Timeout;
}

interface StationReservationsParts {
  isCharging(evse: number): boolean;
  /** The EVSE is reserved, or free again. */
  onStatus(evse: number, state: 'reserved' | 'available'): void;
  /** 2.x reports it (H04.FR.01); 1.6 says nothing. */
  onExpired(id: number): void;
}

/** The longest time of a timer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The reservations of a station (H01 to H04; 1.6 sections 5.1 and 5.13). It forgets them when it boots, as OCPP allows. */
export class StationReservations {
  private readonly held = new Map<number, Reservation>();

  constructor(private readonly parts: StationReservationsParts) {}

  /** H01.FR.02: the same id replaces. H01.FR.11: an EVSE that is reserved or in use is `Occupied`. */
  reserve(id: number, { evse, idToken, group, expiresAt }: ReservationRequest): 'Accepted' | 'Occupied' | 'Rejected' {
    const ms = expiresAt - Date.now();
    if (!(ms > 0)) return 'Rejected';
    const others = [...this.held.values()].filter((one) => one.id !== id);
    if (evse !== null && (this.parts.isCharging(evse) || others.some((one) => one.evse === evse))) return 'Occupied';
    this.drop(id);
    const timer = setTimeout(() => this.expire(id), Math.min(ms, MAX_TIMER_MS)).unref();
    this.held.set(id, { id, evse, idToken: idToken.toUpperCase(), group, timer });
    if (evse !== null) this.parts.onStatus(evse, 'reserved');
    return 'Accepted';
  }

  /** H02.FR.01: false where there is none of that id. */
  cancel(id: number): boolean {
    const reservation = this.drop(id);
    if (reservation !== null) this.free(reservation);
    return reservation !== null;
  }

  /** H03.FR.09, H01.FR.15: the reservation that a driver uses at an EVSE, which ends it; null: he has none. */
  use(idToken: string, evse: number): number | null {
    const mine = [...this.held.values()].filter((one) => one.idToken === idToken.toUpperCase());
    const used = mine.find((one) => one.evse === evse) ?? mine.find((one) => one.evse === null);
    if (used !== undefined) this.drop(used.id);
    return used?.id ?? null;
  }

  /** The station boots, or stops. */
  forget(): void {
    for (const id of [...this.held.keys()]) this.drop(id);
  }

  private expire(id: number): void {
    const reservation = this.drop(id);
    if (reservation === null) return;
    this.free(reservation);
    this.parts.onExpired(id);
  }

  private free({ evse }: Reservation): void {
    if (evse !== null && !this.parts.isCharging(evse)) this.parts.onStatus(evse, 'available');
  }

  private drop(id: number): Reservation | null {
    const reservation = this.held.get(id) ?? null;
    if (reservation !== null) clearTimeout(reservation.timer);
    this.held.delete(id);
    return reservation;
  }
}

interface ReservationRequest {
  evse: number | null;
  idToken: string;
  group: string | null;
  /** Epoch milliseconds. */
  expiresAt: number;
}

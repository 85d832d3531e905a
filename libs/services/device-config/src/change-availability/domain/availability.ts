import { stationNumber, type Protocol } from '@voltbus/contracts';

export const AVAILABILITIES = ['Operative', 'Inoperative'] as const;
export type Availability = (typeof AVAILABILITIES)[number];

/** What can be changed: the station (0, 0), an EVSE (n, 0), or a connector. */
export interface Place {
  evse: number;
  connector: number;
}

/**
 * Where a change stands. `waiting`: it is sent when the station can be reached. `sent`: not answered yet. `accepted`, `scheduled` (when the session has
 * ended), `rejected`: the answer of the station. `failed`: it was sent as often as may be, to no effect.
 */
export const CHANGE_STATES = ['waiting', 'sent', 'accepted', 'scheduled', 'rejected', 'failed'] as const;
type ChangeState = (typeof CHANGE_STATES)[number];

/** What is wanted of a place, and how far it is. */
export interface WantedAvailability extends Place {
  availability: Availability;
  reason: string | null;
  /** Id of an API key, `administrator` or `command`. */
  changedBy: string;
  changedAt: Date;
  state: ChangeState;
  command: string | null;
  sentAt: Date | null;
  /** When the station answered; null: it has not. */
  answeredAt: Date | null;
  tries: number;
  nextAt: Date | null;
}

/** In 1.6 a connector is an EVSE of its own with one connector. */
export function placeFor(protocol: Protocol | null, { evse, connector }: Place): Place {
  return protocol === 'ocpp1.6' && evse > 0 ? { evse, connector: 1 } : { evse, connector };
}

/** Whether the first place has the second one in it. A place has itself in it. */
export function hasWithin(outer: Place, { evse, connector }: Place): boolean {
  return outer.evse === 0 || (outer.evse === evse && (outer.connector === 0 || outer.connector === connector));
}

/** The request that changes a place. */
export function changeRequest(protocol: Protocol, { evse, connector }: Place, availability: Availability): Record<string, unknown> {
  if (protocol === 'ocpp1.6') return { connectorId: evse, type: availability };
  if (evse === 0) return { operationalStatus: availability };
  return { operationalStatus: availability, evse: { id: evse, ...(connector === 0 ? {} : { connectorId: connector }) } };
}

/** What a request of any version changes; null: it says nothing that can be kept. */
export function changeIn(payload: Readonly<Record<string, unknown>>): (Place & { availability: Availability }) | null {
  const { connectorId, type, operationalStatus, evse = {} } = payload;
  const availability = AVAILABILITIES.find((one) => one === (type ?? operationalStatus));
  if (availability === undefined) return null;
  const inEvse = evse as { id?: unknown; connectorId?: unknown };
  const given = connectorId === undefined ? [inEvse.id ?? 0, inEvse.connectorId ?? 0] : [connectorId, connectorId === 0 ? 0 : 1];
  const [number, connector] = given.map(stationNumber);
  return typeof number === 'number' && typeof connector === 'number' ? { evse: number, connector, availability } : null;
}

/** Where a change stands after its command has ended. */
export function stateAfter(command: { status: string; response: unknown }): ChangeState {
  if (command.status === 'error') return 'rejected'; // a CALLERROR: the station cannot do it
  if (command.status !== 'answered') return 'waiting';
  const { status } = (command.response ?? {}) as { status?: unknown };
  return status === 'Accepted' ? 'accepted' : status === 'Scheduled' ? 'scheduled' : 'rejected';
}

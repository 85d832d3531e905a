/** The types of events, each named for the resource whose JSON it carries. */
export const EVENT_TYPES = ['station', 'transaction', 'cdr', 'command', 'reservation'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** The new state of a resource. */
export interface ResourceEvent {
  type: EventType;
  /** The station that it is of; null where it is a gap. */
  station: string | null;
  /** The resource as the API shows it, as JSON of one line. Null: there was a change whose resource is not known, which a client is sent as a gap. */
  json: string | null;
}

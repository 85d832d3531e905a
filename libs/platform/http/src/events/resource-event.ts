/** What `GET /v1/events` tells of, by the resource whose JSON it carries. */
export const EVENT_TYPES = ['station', 'transaction', 'cdr', 'command'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** A resource as it is now. */
export interface ResourceEvent {
  type: EventType;
  /** The resource as the API shows it: JSON of one line. Null: something happened that cannot be told. */
  json: string | null;
}

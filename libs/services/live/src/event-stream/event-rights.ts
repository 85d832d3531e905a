import { lacksPermission, type Caller, type Permission } from '@voltbus/http';
import { EVENT_TYPES, type EventType } from './resource-event';

/** What one needs to see the resource of an event. */
const NEEDED: Readonly<Record<EventType, Permission>> = {
  station: 'stations:read',
  transaction: 'transactions:read',
  reservation: 'reservations:read',
  cdr: 'cdrs:read',
  command: 'commands:read',
};

/** The types of events that a caller may see. */
export function typesFor({ rights }: Pick<Caller, 'rights'>): EventType[] {
  return EVENT_TYPES.filter((type) => rights.has(NEEDED[type]));
}

/** Throws `forbidden` where the caller may not see one of these types. */
export function checkTypes(wanted: readonly EventType[], { rights }: Pick<Caller, 'rights'>): void {
  const missing = wanted.find((type) => !rights.has(NEEDED[type]));
  if (missing !== undefined) throw lacksPermission(NEEDED[missing]);
}

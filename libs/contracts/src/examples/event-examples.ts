import { CDR_EXAMPLES } from './cdr-examples';
import { COMMAND_EXAMPLES } from './command-examples';
import { DEVICE_EVENT_EXAMPLES } from './device-event-examples';
import type { EventExample } from './event-example';
import { RESERVATION_EXAMPLES } from './reservation-examples';
import { SECURITY_EXAMPLES } from './security-examples';
import { STATION_EXAMPLES } from './station-examples';
import { TRANSACTION_EXAMPLES } from './transaction-examples';

/** One or more events of every public type. */
export const EVENT_EXAMPLES: readonly EventExample[] = [
  ...CDR_EXAMPLES,
  ...TRANSACTION_EXAMPLES,
  ...RESERVATION_EXAMPLES,
  ...STATION_EXAMPLES,
  ...COMMAND_EXAMPLES,
  ...SECURITY_EXAMPLES,
  ...DEVICE_EVENT_EXAMPLES,
];

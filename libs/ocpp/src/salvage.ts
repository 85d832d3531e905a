import { resolve, type Definitions, type LeniencyNotes } from './leniency';
import type { Shape, Validator } from './loaded';

/**
 * Messages whose refusal costs money: a station retries them, counts the errors and then deletes the record. Of these we
 * keep what is readable and leave out what is not.
 */
const KEPT_AT_ALL_COSTS = ['MeterValues', 'StartTransaction', 'StopTransaction', 'TransactionEvent'];

/** Unreadable places left out of one message before it is refused after all. */
const MAX_DROPS = 32;

/** Stands for a time that cannot be read: stations without a clock say the same, and services clamp both. */
const NO_TIME = '1970-01-01T00:00:00Z';

export interface InboundMessage {
  action: string;
  inbound: Validator;
  shape: Shape;
  definitions: Definitions;
}

/** Leaves out of `payload` (ours to change) what fails and may be missing, until the rest is valid. False: it cannot be. */
export function salvage(payload: unknown, message: InboundMessage, notes: LeniencyNotes): boolean {
  if (!KEPT_AT_ALL_COSTS.includes(message.action)) return false;
  for (let drops = 0; drops < MAX_DROPS; drops++) {
    const error = message.inbound.errors?.[0];
    if (error === undefined || !leaveOut(payload, error, message, notes)) return false;
    if (message.inbound(payload)) return true;
  }
  return false;
}

/** The innermost place around the error that may be missing: an optional member, or an item of an array. */
function leaveOut(
  payload: unknown,
  error: { instancePath: string; keyword: string },
  message: InboundMessage,
  notes: LeniencyNotes,
): boolean {
  let drop: (() => void) | undefined;
  let [value, shape, place] = [payload, resolve(message.shape, message.definitions), ''];
  for (const step of error.instancePath.split('/').slice(1)) {
    const parent = value;
    if (Array.isArray(parent)) {
      const index = Number(step);
      place += '/*';
      const at = place;
      drop = () => (parent.splice(index, 1), notes.add('unreadable-dropped', at));
      value = parent[index];
      shape = resolve(shape.items ?? {}, message.definitions);
    } else {
      // ajv found the step in an object of ours, so it is one.
      const members = parent as Record<string, unknown>;
      place += `/${step}`;
      const at = place;
      const property = resolve(shape.properties?.[step] ?? {}, message.definitions);
      if (!shape.required?.includes(step)) drop = () => (delete members[step], notes.add('unreadable-dropped', at));
      else if (error.keyword === 'format' && property.format === 'date-time')
        drop = () => ((members[step] = NO_TIME), notes.add('unreadable-time', at));
      value = members[step];
      shape = property;
    }
  }
  drop?.();
  return drop !== undefined;
}

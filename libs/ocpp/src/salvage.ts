import { resolve, type Definitions, type LeniencyKind, type LeniencyNotes } from './leniency';
import type { SchemaError, Shape, Validator } from './loaded';

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
    const remedy = error && innermost(stepsTo(error, payload, message).flatMap((step) => remedyAt(step, error)));
    if (!remedy) return false;
    remedy.apply();
    notes.add(remedy.kind, remedy.place);
    if (message.inbound(payload)) return true;
  }
  return false;
}

/** A member or item on the way from the payload to the place of an error. */
interface Step {
  parent: unknown;
  key: string;
  parentShape: Shape;
  shape: Shape;
  /** As notes write it. */
  place: string;
  last: boolean;
}

function stepsTo(error: SchemaError, payload: unknown, { shape: root, definitions }: InboundMessage): Step[] {
  const keys = error.instancePath.split('/').slice(1);
  let [parent, parentShape, place] = [payload, resolve(root, definitions), ''];
  return keys.map((key, depth): Step => {
    const inList = Array.isArray(parent);
    const shape = resolve((inList ? parentShape.items : parentShape.properties?.[key]) ?? {}, definitions);
    place += inList ? '/*' : `/${key}`;
    const step = { parent, key, parentShape, shape, place, last: depth === keys.length - 1 };
    parent = (parent as Record<string, unknown>)[key]; // ajv has been there: it is a list or an object
    parentShape = shape;
    return step;
  });
}

interface Remedy {
  kind: LeniencyKind;
  place: string;
  apply(): void;
}

function remedyAt({ parent, key, parentShape, shape, place, last }: Step, error: SchemaError): Remedy[] {
  if (Array.isArray(parent)) return [{ kind: 'unreadable-dropped', place, apply: () => void parent.splice(Number(key), 1) }];
  const members = parent as Record<string, unknown>; // see stepsTo
  if (!parentShape.required?.includes(key)) return [{ kind: 'unreadable-dropped', place, apply: () => void delete members[key] }];
  const isTime = last && error.keyword === 'format' && shape.format === 'date-time';
  return isTime ? [{ kind: 'unreadable-time', place, apply: () => void (members[key] = NO_TIME) }] : [];
}

function innermost(remedies: Remedy[]): Remedy | undefined {
  return remedies.at(-1);
}

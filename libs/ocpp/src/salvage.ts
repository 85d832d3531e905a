import { resolve, type Definitions, type LeniencyKind, type LeniencyNotes } from './leniency';
import type { SchemaError, Shape, Validator } from './loaded';

/** Questions that are decided by what may be missing: without a certificate that cannot be read another one would be answered (C07). */
const DECIDED_BY_ALL = ['Authorize', 'GetCertificateStatus', 'GetCertificateChainStatus', 'Get15118EVCertificate', 'SignCertificate'];

/** Unreadable places left out one by one; then what they stand in, from the inside out, and in the end the message is refused after all. */
const MAX_DROPS = 32;
/** Tries at each level further out; OCPP's lists of lists are three levels deep. */
const DROPS_PER_LEVEL = 4;
const MAX_TRIES = MAX_DROPS + 4 * DROPS_PER_LEVEL;

/** Stands for a time that cannot be read: stations without a clock say the same, and services clamp both. */
const NO_TIME = '1970-01-01T00:00:00Z';

export interface InboundMessage {
  action: string;
  inbound: Validator;
  shape: Shape;
  definitions: Definitions;
}

/**
 * Leaves out of `payload` (ours to change) what fails and may be missing, until the rest is valid. False: it cannot be. A message is not refused for a
 * member that it need not have, and one about a transaction for none without which it says something (ADR 32): stations count errors and then delete it.
 */
export function salvage(payload: unknown, message: InboundMessage, notes: LeniencyNotes): boolean {
  if (DECIDED_BY_ALL.includes(message.action)) return false;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const error = message.inbound.errors?.[0];
    const remedies = error === undefined ? [] : stepsTo(error, payload, message).flatMap((step) => remedyAt(step, error));
    const remedy = remedies.at(-1 - Math.min(levelOf(tries), remedies.length - 1));
    if (!remedy) return false;
    remedy.apply();
    for (const kind of remedy.kinds) notes.add(kind, remedy.place);
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

/** How far outside what is unreadable is looked for something to leave out. */
function levelOf(tries: number): number {
  return tries < MAX_DROPS ? 0 : 1 + Math.floor((tries - MAX_DROPS) / DROPS_PER_LEVEL);
}

interface Remedy {
  kinds: LeniencyKind[];
  place: string;
  apply(): void;
}

function remedyAt({ parent, key, parentShape, shape, place, last }: Step, error: SchemaError): Remedy[] {
  const outOfRange = last && (error.keyword === 'minimum' || error.keyword === 'maximum');
  const dropped = outOfRange ? 'number-out-of-range' : 'unreadable-dropped';
  if (Array.isArray(parent)) return [{ kinds: [dropped], place, apply: () => void parent.splice(Number(key), 1) }];
  const members = parent as Record<string, unknown>; // see stepsTo
  if (parentShape.required?.includes(key)) {
    return parentShape.emptyIfMissing?.includes(key) ? [{ kinds: [dropped], place, apply: () => void (members[key] = []) }] : [];
  }
  const mayLack = parentShape.mayLack?.includes(key) === true;
  if (mayLack && last && shape.format === 'date-time')
    return [{ kinds: ['unreadable-time'], place, apply: () => void (members[key] = NO_TIME) }];
  return [{ kinds: mayLack ? [dropped, 'missing-member'] : [dropped], place, apply: () => void delete members[key] }];
}

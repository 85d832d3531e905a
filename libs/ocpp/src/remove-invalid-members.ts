import { resolve, type Definitions, type LeniencyKind, type LeniencyNotes } from './leniency';
import type { SchemaError, Shape, Validator } from './loaded';

/** Requests whose decision depends on optional members: without an unreadable certificate, another request would be answered (C07). */
const DECIDED_BY_ALL_MEMBERS = [
  'Authorize',
  'GetCertificateStatus',
  'GetCertificateChainStatus',
  'Get15118EVCertificate',
  'SignCertificate',
];

/** So many unreadable places are removed one by one. Then their parents are removed, from the inside out; in the end the message is refused. */
const MAX_DROPS = 32;
/** Tries at each further level. OCPP's lists of lists are three levels deep. */
const DROPS_PER_LEVEL = 4;
const MAX_TRIES = MAX_DROPS + 4 * DROPS_PER_LEVEL;

/** Replaces a time that cannot be read. Stations without a clock send the same, and services clamp both. */
const NO_TIME = '1970-01-01T00:00:00Z';

interface InboundMessage {
  action: string;
  inbound: Validator;
  shape: Shape;
  definitions: Definitions;
}

/**
 * Removes from `payload` (it is changed) the members that are invalid and may be missing, until the rest is valid. False: the rest cannot be valid.
 * No message is refused for an optional member, and none about a transaction as long as anything useful is left of it (ADR 32).
 */
export function removeInvalidMembers(payload: unknown, message: InboundMessage, notes: LeniencyNotes): boolean {
  if (DECIDED_BY_ALL_MEMBERS.includes(message.action)) return false;
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
  /** The path in the form of the leniency notes. */
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
    parent = (parent as Record<string, unknown>)[key]; // ajv has reached a member of it: it is a list or an object
    parentShape = shape;
    return step;
  });
}

/** The number of levels outside the unreadable place at which something is removed. */
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

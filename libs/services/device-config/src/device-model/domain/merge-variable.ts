import type { Observation, ObservedAttribute } from './observation';
import { variableId, type AttributeType, type StoredAttribute, type StoredVariable, type VariableName } from './variable';

/** How a value became known. */
export const SOURCES = ['report', 'read', 'event', 'set'] as const;
export type Source = (typeof SOURCES)[number];

/** When something was observed, and what was known of the station then. */
interface ObservedAt {
  /** Epoch milliseconds. */
  at: number;
  /** When the station last booted, epoch milliseconds; null: never. */
  bootedAt: number | null;
}

/** A value that is another one than before. */
export interface ValueChange {
  attribute: AttributeType;
  before: string | null;
  after: string | null;
}

interface Merged {
  variable: StoredVariable;
  changes: ValueChange[];
}

/** Text rules of the surroundings: which values must not be stored. */
export interface Secrecy {
  isSecret(name: VariableName): boolean;
  /** The value without the secrets that stand in it, such as the password of a URL. */
  withoutSecrets(value: string): string;
}

const UNKNOWN: StoredAttribute = { value: null, mutability: null, persistent: null, constant: null, at: 0 };

/**
 * What is known of a variable after an observation. A value that was received before the one that is stored changes nothing: events and answers come by
 * different topics. The first value is no change.
 */
export function mergeVariable(
  known: StoredVariable | null,
  { name, attributes, characteristics }: Observation,
  when: ObservedAt,
  secrecy: Secrecy,
): Merged {
  const before = known ?? { ...name, id: variableId(name), attributes: {}, characteristics: null, secret: false };
  const secret = before.secret || secrecy.isSecret(name) || attributes.some(({ mutability }) => mutability === 'WriteOnly');
  const merged: StoredVariable = {
    ...before,
    attributes: { ...before.attributes },
    characteristics: characteristics ?? before.characteristics,
    secret,
  };
  const changes: ValueChange[] = [];
  for (const observed of attributes) {
    const stored = before.attributes[observed.type];
    const shown = secret ? withoutValue(observed) : withoutSecrets(observed, secrecy);
    const after = mergeAttribute(stored ?? UNKNOWN, shown, when);
    merged.attributes[observed.type] = after;
    if (stored !== undefined && stored.value !== after.value)
      changes.push({ attribute: observed.type, before: stored.value, after: after.value });
  }
  return secret ? { variable: { ...merged, attributes: withoutValues(merged) }, changes: [] } : { variable: merged, changes };
}

function mergeAttribute(stored: StoredAttribute, observed: ObservedAttribute, { at, bootedAt }: ObservedAt): StoredAttribute {
  // a value for the next boot stays one, also where a later observation of the present value was quicker
  if (observed.pending === true)
    return at < (stored.pending?.at ?? 0) ? stored : { ...stored, pending: { value: observed.value ?? null, at } };
  if (at < stored.at) return stored;
  const { mutability = stored.mutability, persistent = stored.persistent, constant = stored.constant } = observed;
  const told = { mutability, persistent, constant };
  const { pending } = stored;
  const isPending = pending !== undefined && (bootedAt === null || bootedAt <= pending.at) && pending.value !== observed.value;
  const value = observed.value === undefined ? stored.value : observed.value;
  return { value, ...told, at, ...(isPending ? { pending } : {}) };
}

function withoutValue(observed: ObservedAttribute): ObservedAttribute {
  return { ...observed, value: null };
}

function withoutSecrets(observed: ObservedAttribute, secrecy: Secrecy): ObservedAttribute {
  return typeof observed.value === 'string' ? { ...observed, value: secrecy.withoutSecrets(observed.value) } : observed;
}

/** A variable that turns out to be a secret loses the values that were stored before. */
function withoutValues({ attributes }: StoredVariable): StoredVariable['attributes'] {
  return Object.fromEntries(
    Object.entries(attributes).map(([type, { pending, ...attribute }]) => [
      type,
      { ...attribute, value: null, ...(pending === undefined ? {} : { pending: { value: null, at: pending.at } }) },
    ]),
  );
}

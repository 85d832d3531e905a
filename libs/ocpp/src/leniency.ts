import { readDateTime } from './formats';
import type { Shape } from './loaded';

/** Deviations that were tolerated or repaired to read a station's payload. The table in the README explains each. */
export type LeniencyKind =
  | 'empty-payload'
  | 'unknown-property'
  | 'null-member'
  | 'blank-number'
  | 'number-as-text'
  | 'text-as-number'
  | 'boolean-form'
  | 'fraction-rounded'
  | 'large-integer'
  | 'number-out-of-range'
  | 'fine-number'
  | 'json-as-text'
  | 'zone-missing'
  | 'time-form'
  | 'word-form'
  | 'unknown-word'
  | 'long-text'
  | 'single-as-array'
  | 'missing-array'
  | 'missing-member'
  | 'list-length'
  | 'unreadable-dropped'
  | 'unreadable-time'
  | 'unstorable-text';

/** So many deviations of a message are noted, and besides them the first of each kind. More of them give no more information. */
const MAX_NOTES = 20;

/** Collects `kind /path`, each once. The items of an array share the path `*`. */
export class LeniencyNotes {
  private readonly notes = new Set<string>();
  private readonly kinds = new Set<LeniencyKind>();

  /** The first of a kind is always kept: services derive the flags of a session from it. */
  add(kind: LeniencyKind, path: string): void {
    if (this.notes.size < MAX_NOTES || !this.kinds.has(kind)) this.notes.add(`${kind} ${path || '/'}`);
    this.kinds.add(kind);
  }

  list(): string[] {
    return [...this.notes];
  }
}

/** Names that a path may show, as those of the schemas are such. Other names may contain what must not be logged. */
const PLAIN_NAME = /^[A-Za-z][\w.-]{0,49}$/;

/** Texts that are read as a number. An exponent or a comma is not guessed at. */
const NUMBER = /^[+-]?\d{1,20}(?:\.\d{1,20})?$/;

/** Marks an optional member that is treated as absent. */
const ABSENT = Symbol('absent');

export type Definitions = Readonly<Record<string, Shape>>;

/** Converts a payload to the form of its schema, as far as its meaning is certain. A validator checks the result. */
export function repair(payload: unknown, shape: Shape, definitions: Definitions, notes: LeniencyNotes): unknown {
  if (payload === undefined || payload === null || (Array.isArray(payload) && payload.length === 0)) {
    notes.add('empty-payload', '');
    return repair({}, shape, definitions, notes);
  }
  return new Repair(definitions, notes).value(payload, shape, '');
}

export function resolve(shape: Shape, definitions: Definitions): Shape {
  return shape.$ref === undefined ? shape : (definitions[shape.$ref.slice('#/definitions/'.length)] ?? {});
}

class Repair {
  constructor(
    private readonly definitions: Definitions,
    private readonly notes: LeniencyNotes,
  ) {}

  value(value: unknown, reference: Shape, path: string): unknown {
    const shape = resolve(reference, this.definitions);
    switch (shape.type) {
      case 'object':
        return isObject(value) ? this.object(value, shape, path) : value;
      case 'array':
        return this.array(value, shape, path);
      case 'string':
        return this.text(value, shape, path);
      case 'integer':
      case 'number':
        return this.number(value, shape, path);
      case 'boolean':
        return this.boolean(value, path);
      case undefined:
        return value;
    }
  }

  private object(value: Record<string, unknown>, shape: Shape, path: string): Record<string, unknown> {
    const repaired: Record<string, unknown> = {};
    for (const [name, member] of Object.entries(value)) {
      const kept = this.member(name, member, shape, path);
      if (kept !== ABSENT) repaired[name] = kept;
    }
    for (const name of shape.emptyIfMissing ?? []) {
      if (repaired[name] !== undefined) continue;
      repaired[name] = [];
      this.notes.add('missing-array', `${path}/${name}`);
    }
    for (const name of shape.mayLack ?? []) if (repaired[name] === undefined) this.notes.add('missing-member', `${path}/${name}`);
    return repaired;
  }

  private member(name: string, member: unknown, shape: Shape, path: string): unknown {
    const property = shape.properties && Object.hasOwn(shape.properties, name) ? shape.properties[name] : undefined;
    if (property === undefined) {
      if (shape.additionalProperties !== false && name !== '__proto__') return member;
      this.notes.add('unknown-property', `${path}/${PLAIN_NAME.test(name) ? name : '?'}`);
      return ABSENT;
    }
    const place = `${path}/${name}`;
    const optional = !shape.required?.includes(name) || shape.emptyIfMissing?.includes(name);
    if (member === null && optional && resolve(property, this.definitions).type !== undefined) {
      this.notes.add('null-member', place);
      return ABSENT;
    }
    const repaired = this.value(member, property, place);
    if (repaired !== ABSENT) return repaired;
    return optional ? ABSENT : member;
  }

  private array(value: unknown, shape: Shape, path: string): unknown {
    const list = isObject(value) ? [value] : value;
    if (!Array.isArray(list)) return value;
    if (list !== value) this.notes.add('single-as-array', path);
    const [fewest, most] = shape.strictItems ?? [0, Infinity];
    if (list.length < fewest || list.length > most) this.notes.add('list-length', path);
    return list.map((item: unknown) => {
      const repaired = this.value(item, shape.items ?? {}, `${path}/*`);
      return repaired === ABSENT ? item : repaired;
    });
  }

  private text(value: unknown, shape: Shape, path: string): unknown {
    const text = this.asText(value, shape, path);
    if (typeof text !== 'string') return text;
    if (shape.format === 'date-time') return this.dateTime(text, path);
    const values = shape.enum ?? shape.open;
    if (values) return this.enumerated(text, values, shape.open !== undefined, path);
    if (shape.strictLength !== undefined && [...text].length > shape.strictLength) this.notes.add('long-text', path);
    return text;
  }

  private asText(value: unknown, shape: Shape, path: string): unknown {
    if (typeof value === 'number') this.notes.add('number-as-text', path);
    else if (typeof value === 'boolean') this.notes.add('boolean-form', path);
    else if (shape.anyJson && isComposite(value)) {
      this.notes.add('json-as-text', path);
      return JSON.stringify(value);
    } else return value;
    return String(value);
  }

  private dateTime(text: string, path: string): string {
    const read = readDateTime(text);
    if (!read || read.dateTime === text) return text;
    this.notes.add(read.zoneMissing ? 'zone-missing' : 'time-form', path);
    return read.dateTime;
  }

  private enumerated(text: string, values: string[], open: boolean, path: string): string {
    if (values.includes(text)) return text;
    const wanted = text.trim().toLowerCase();
    const known = values.find((value) => value.toLowerCase() === wanted);
    if (known !== undefined) this.notes.add('word-form', path);
    else if (open) this.notes.add('unknown-word', path);
    return known ?? text;
  }

  private number(value: unknown, shape: Shape, path: string): unknown {
    const number = typeof value === 'string' ? this.numberOf(value, path) : value;
    if (typeof number !== 'number') return number;
    if (shape.strictMultipleOf !== undefined && !isMultiple(number, shape.strictMultipleOf)) this.notes.add('fine-number', path);
    return this.withinLimit(shape.type === 'integer' ? this.whole(number, path) : number, shape, path);
  }

  private whole(number: number, path: string): number {
    if (Number.isInteger(number)) return number;
    this.notes.add('fraction-rounded', path);
    return Math.round(number);
  }

  /** The schemas set no bounds to integers, but database columns have some. A number beyond them becomes the nearest one within. */
  private withinLimit(number: number, { limit = Infinity, strictMaximum = limit }: Shape, path: string): number {
    if (Math.abs(number) > limit) {
      this.notes.add('number-out-of-range', path);
      return Math.sign(number) * limit;
    }
    if (Math.abs(number) > strictMaximum) this.notes.add('large-integer', path);
    return number;
  }

  private numberOf(text: string, path: string): unknown {
    const trimmed = text.trim();
    if (trimmed === '') {
      this.notes.add('blank-number', path);
      return ABSENT;
    }
    if (!NUMBER.test(trimmed)) return text;
    this.notes.add('text-as-number', path);
    return Number(trimmed);
  }

  private boolean(value: unknown, path: string): unknown {
    const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
    const isTrue = word === 'true' || word === 1 || word === '1';
    const isFalse = word === 'false' || word === 0 || word === '0';
    if (!isTrue && !isFalse) return value;
    this.notes.add('boolean-form', path);
    return isTrue;
  }
}

function isMultiple(number: number, of: number): boolean {
  const quotient = number / of;
  return Math.abs(quotient - Math.round(quotient)) < 1e-6; // the precision of the strict validators
}

function isObject(value: unknown): value is Record<string, unknown> {
  return isComposite(value) && !Array.isArray(value);
}

function isComposite(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

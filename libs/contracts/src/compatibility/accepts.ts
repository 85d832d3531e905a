/** What is used of JSON Schema by the schemas of public values. Any other keyword is refused, so that none is passed over. */
export interface Schema {
  type?: string | readonly string[];
  enum?: readonly unknown[];
  const?: unknown;
  anyOf?: readonly Schema[];
  $ref?: string;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  items?: Schema;
  $defs?: Readonly<Record<string, Schema>>;
  [keyword: string]: unknown;
}

/** Keywords that only explain. */
const ANNOTATIONS = ['$schema', '$id', '$defs', 'id', 'title', 'description', 'examples', 'default', 'deprecated'];
/** Keywords whose value must be the same on both sides, unless the reader has none. */
const SAME = ['pattern', 'format'];
const AT_LEAST = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems'];
const AT_MOST = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'];
const STRUCTURE = ['type', 'enum', 'const', 'anyOf', '$ref', 'properties', 'required', 'additionalProperties', 'propertyNames', 'items'];
const KNOWN = new Set([...ANNOTATIONS, ...SAME, ...AT_LEAST, ...AT_MOST, ...STRUCTURE]);

interface Sides {
  /** The whole schemas, in which references are looked up. */
  readerRoot: Schema;
  writerRoot: Schema;
}

/**
 * Whether a reader by one schema accepts every value that a writer by another may write: the reasons why not, as `path: reason`, none where it does. In
 * doubt it does not. Objects are open to the reader, and the writer writes no member that its schema does not declare.
 */
export function refusals(readerRoot: Schema, writerRoot: Schema): string[] {
  return compare(readerRoot, writerRoot, '', { readerRoot, writerRoot });
}

function compare(readerGiven: Schema, writerGiven: Schema, path: string, sides: Sides): string[] {
  const [reader, writer] = [resolved(readerGiven, sides.readerRoot), resolved(writerGiven, sides.writerRoot)];
  const unknown = [...Object.keys(reader), ...Object.keys(writer)].filter((keyword) => !KNOWN.has(keyword));
  if (unknown.length > 0) return [`${path}: ${unknown.join(', ')} cannot be compared`];
  // every alternative that the writer may choose must be one that the reader takes
  if (writer.anyOf !== undefined) return writer.anyOf.flatMap((one) => compare(reader, one, path, sides));
  const types = typesOf(writer);
  if (types.length > 1) return types.flatMap((type) => compare(reader, { ...writer, type }, path, sides));
  if (reader.anyOf !== undefined) {
    const tried = reader.anyOf.map((one) => compare(one, writer, path, sides));
    return tried.some((found) => found.length === 0) ? [] : [`${path}: ${describe(writer)} is none of what is read`];
  }
  return [...valueRefusals(reader, writer, path), ...boundRefusals(reader, writer, path), ...contentRefusals(reader, writer, path, sides)];
}

function valueRefusals(reader: Schema, writer: Schema, path: string): string[] {
  const read = typesOf(reader);
  const written = typesOf(writer);
  const takes = (type: string): boolean => read.includes(type) || (type === 'integer' && read.includes('number'));
  if (read.length > 0 && (written.length === 0 || !written.every(takes))) return [`${path}: ${describe(writer)} is not read`];
  const allowed = valuesOf(reader);
  if (allowed === null) return [];
  const values = valuesOf(writer);
  if (values === null) return [`${path}: any ${describe(writer)} may be written, and only some values are read`];
  const foreign = values.filter((value) => !allowed.includes(value));
  return foreign.length === 0 ? [] : [`${path}: ${foreign.map((value) => JSON.stringify(value)).join(', ')} is not read`];
}

/** A value from a list keeps every bound that the list keeps; lists were compared by `valueRefusals`. */
function boundRefusals(reader: Schema, writer: Schema, path: string): string[] {
  if (valuesOf(reader) !== null) return [];
  const same = SAME.filter((keyword) => reader[keyword] !== undefined && reader[keyword] !== writer[keyword]);
  const low = AT_LEAST.filter((keyword) => !keeps(reader[keyword], writer[keyword], (read, written) => written >= read));
  const high = AT_MOST.filter((keyword) => !keeps(reader[keyword], writer[keyword], (read, written) => written <= read));
  return [...same, ...low, ...high].map((keyword) => `${path}: ${keyword} is narrower where it is read`);
}

function keeps(read: unknown, written: unknown, holds: (read: number, written: number) => boolean): boolean {
  return read === undefined || (typeof read === 'number' && typeof written === 'number' && holds(read, written));
}

function contentRefusals(reader: Schema, writer: Schema, path: string, sides: Sides): string[] {
  const found: string[] = [];
  if (reader.items !== undefined) found.push(...compare(reader.items, writer.items ?? {}, `${path}[]`, sides));
  const { properties: read = {}, required = [] } = reader;
  const { properties: written = {} } = writer;
  for (const name of required)
    if (writer.required?.includes(name) !== true) found.push(`${path}/${name}: is demanded where it is read, and may be left out`);
  for (const [name, schema] of Object.entries(read)) {
    const other = written[name];
    if (other !== undefined) found.push(...compare(schema, other, `${path}/${name}`, sides));
  }
  return [...found, ...namelessRefusals(reader, writer, path, sides)];
}

/** Of objects whose members have any name. */
function namelessRefusals(reader: Schema, writer: Schema, path: string, sides: Sides): string[] {
  const { additionalProperties: read = true, propertyNames } = reader;
  const { additionalProperties: written = true } = writer;
  if (propertyNames !== undefined && JSON.stringify(propertyNames) !== JSON.stringify(writer.propertyNames))
    return [`${path}: the names of its members are narrower where it is read`];
  if (read === true || written === false) return [];
  if (read === false) return [`${path}: no further member is read`];
  return compare(read, written === true ? {} : written, `${path}[]`, sides);
}

/** The schema itself, or the definition of `root` that it refers to. Throws where there is none. */
export function resolved(schema: Schema, root: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const target = root.$defs?.[schema.$ref.replace('#/$defs/', '')];
  if (target === undefined) throw new Error(`${schema.$ref} is not there`);
  return resolved(target, root);
}

function typesOf({ type = [] }: Schema): readonly string[] {
  return typeof type === 'string' ? [type] : type;
}

function valuesOf({ enum: values, const: only }: Schema): readonly unknown[] | null {
  return values ?? (only === undefined ? null : [only]);
}

function describe(schema: Schema): string {
  return typesOf(schema).join(' or ') || 'anything';
}

import { INSTANT_PATTERN } from '../values/values';
import { mapSchema, type JsonSchema } from './json-schema';

const INT32 = { low: -2_147_483_648, high: 2_147_483_647 };

/** The rule of `text`: no control characters. UTF-8 has no surrogates. */
export const TEXT_PATTERN = '^[^\\x00-\\x1f\\x7f-\\x9f]*$';

/** Patterns that not every engine reads, each with one that means the same in RE2, Java, Python and JavaScript alike. */
const PORTABLE_PATTERNS: Readonly<Record<string, string>> = {
  '^[^\\p{Cc}\\p{Cs}]*$': TEXT_PATTERN,
};

/** The schema in a form that the generators of clients understand: one way to say null, an integer, a choice, a pattern. */
export function portableSchema(schema: JsonSchema): JsonSchema {
  return mapSchema(schema, (one) => portablePattern(sizedNumber(nullableType(enumOfConsts(withoutNoise(one))))));
}

/** Zod describes the keys of a record, which JSON has as strings anyway, and says `{}` where anything goes. */
function withoutNoise({ propertyNames: _names, ...schema }: JsonSchema): JsonSchema {
  const { additionalProperties: more } = schema;
  if (typeof more === 'object' && more !== null && Object.keys(more).length === 0) return { ...schema, additionalProperties: true };
  return schema;
}

/** `anyOf` of constants of one type as an `enum`. */
function enumOfConsts(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = schema;
  const choices = Array.isArray(anyOf) ? (anyOf as JsonSchema[]) : [];
  if ('const' in schema && schema['const'] !== null) return singleValue(schema);
  if (choices.length === 0 || choices.some((one) => !Array.isArray(one['enum']))) return schema;
  const values = choices.flatMap((one) => one['enum'] as unknown[]);
  return { ...rest, type: typeOf(values), enum: values };
}

function singleValue({ const: value, ...schema }: JsonSchema): JsonSchema {
  return { ...schema, type: typeOf([value]), enum: [value] };
}

function typeOf(values: readonly unknown[]): string {
  if (values.every((value) => Number.isInteger(value))) return 'integer';
  return typeof values[0];
}

/** `anyOf` of a plain type and null as a list of types. A choice or a reference that may be null keeps its `anyOf`. */
function nullableType(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return schema;
  const [one, other] = anyOf as [JsonSchema, JsonSchema];
  if (other.type !== 'null' || typeof one.type !== 'string' || 'enum' in one) return schema;
  return { ...one, ...rest, type: [one.type, 'null'] };
}

/** A number says how many bits it needs; one of which zod knows that it is one of some integers is an integer. */
function sizedNumber(schema: JsonSchema): JsonSchema {
  const values = schema['enum'];
  if (schema.type === 'number' && Array.isArray(values) && values.every(Number.isInteger)) return { ...schema, type: 'integer' };
  const types = [schema.type].flat();
  if (types.includes('number') && !('enum' in schema)) return { format: 'double', ...schema };
  if (!types.includes('integer')) return schema;
  const { minimum, exclusiveMinimum, maximum } = schema;
  const low = typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : minimum;
  const small = typeof low === 'number' && low >= INT32.low && typeof maximum === 'number' && maximum <= INT32.high;
  const { exclusiveMinimum: _exclusive, ...rest } = schema;
  return { ...rest, ...(low === undefined ? {} : { minimum: low }), ...('enum' in schema ? {} : { format: small ? 'int32' : 'int64' }) };
}

/** A format says more than zod's pattern of it, but not which years there are; letters and digits are those of ASCII. */
function portablePattern(schema: JsonSchema): JsonSchema {
  const { pattern, ...rest } = schema;
  if (typeof pattern !== 'string') return schema;
  if (schema['format'] !== undefined) return pattern === INSTANT_PATTERN ? schema : rest;
  return { ...rest, pattern: PORTABLE_PATTERNS[pattern] ?? ascii(pattern) };
}

function ascii(pattern: string): string {
  return pattern
    .replaceAll('\\d', '[0-9]')
    .replace(/\[([^\]]*)\\w/g, '[$1A-Za-z0-9_')
    .replaceAll('\\w', '[A-Za-z0-9_]');
}

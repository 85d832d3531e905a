import { z } from 'zod';
import { displayable } from '../values/values';

/** Values of one filter. A query may be long, but a statement has its bounds. */
export const MAX_FILTER_VALUES = 50;

type Json = Parameters<z.ZodType['meta']>[0];

/** A filter that is `true` or `false`. */
export const trueOrFalse = z
  .string()
  .refine((given) => given === 'true' || given === 'false', { error: 'is neither true nor false', abort: true })
  .meta({ type: 'boolean' })
  .transform((given) => given === 'true');

/** A filter by a closed set of values: one of them or several with commas, of which a row has any. */
export function oneOf<const V extends string>(set: readonly V[] | z.ZodEnum<{ [K in V]: K }>) {
  const schema = 'options' in set ? set : z.enum(set);
  const known: readonly V[] = schema.options;
  return filterOf<V>(jsonOf(schema), (part) => {
    const value = known.find((one) => one === part);
    return value === undefined ? { fault: `${displayable(part)} is none of ${known.join(', ')}`, allowed: known } : { value };
  });
}

/**
 * A filter by values of this schema: one of them or several with commas, of which a row has any. A comma that belongs to a value is written `\,`, and a
 * backslash `\\`.
 */
export function anyOf<T>(value: z.ZodType<T, string>) {
  return filterOf<T>(jsonOf(value), (part) => {
    const read = value.safeParse(part);
    return read.success ? { value: read.data } : { fault: `${displayable(part)} ${read.error.issues[0]?.message ?? 'is refused'}` };
  });
}

function jsonOf(schema: z.ZodType): NonNullable<Json> {
  const { $schema: _draft, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return json as NonNullable<Json>; // members of a JSON Schema
}

/** The values of a filter with commas, each read by `read`. */
export function filterOf<T>(
  items: NonNullable<Json>,
  read: (part: string) => { value: T } | { fault: string; allowed?: readonly string[] },
) {
  return z
    .string()
    .meta({ type: 'array', items: isOpenText(items) ? { minLength: 1, ...items } : items, minItems: 1, maxItems: MAX_FILTER_VALUES })
    .transform((given, context): T[] => {
      const parts = partsOf(given);
      if (parts.length > MAX_FILTER_VALUES) context.addIssue(`has more than ${MAX_FILTER_VALUES} values`);
      if (parts.includes('')) context.addIssue('has an empty value');
      if (context.issues.length > 0) return z.NEVER;
      const values: T[] = [];
      for (const one of parts.map(read)) {
        if ('value' in one) values.push(one.value);
        else if (one.allowed === undefined) context.addIssue(one.fault);
        else context.addIssue({ code: 'invalid_value', values: [...one.allowed], message: one.fault, input: given });
      }
      return values;
    });
}

/** No value is empty, which a set of values or a format says already. */
function isOpenText({ type, enum: set, format }: NonNullable<Json>): boolean {
  return type === 'string' && set === undefined && format === undefined;
}

/** Splits at the commas that no backslash stands before. */
function partsOf(given: string): string[] {
  const parts = [''];
  for (const [token] of given.matchAll(/\\[\\,]|,|[^\\,]+|\\/gsu)) {
    if (token === ',') parts.push('');
    else parts[parts.length - 1] += token.length === 2 && token.startsWith('\\') ? token.slice(1) : token;
  }
  return parts;
}

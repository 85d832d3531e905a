import { z } from 'zod';

/** No control characters, NUL among them, and no halves of surrogate pairs: with the u flag a surrogate matches only where it stands alone. */
const TEXT = /^[^\p{Cc}\p{Cs}]*$/u;
const REFUSED = /[\p{Cc}\p{Cs}]/gu;

/**
 * Text that comes from outside and is stored: Postgres keeps it in `text` and in `jsonb`, and a person can read it. The user of this schema adds the
 * largest length.
 */
export const text = z.string().regex(TEXT, 'has control characters, or half of a surrogate pair');

/** Whether a value keeps the rule of `text`. */
export function isText(value: string): boolean {
  return TEXT.test(value);
}

/** The value with each character that `text` refuses replaced, by default by U+FFFD. */
export function asText(value: string, replacement = '\ufffd'): string {
  return value.replaceAll(REFUSED, replacement);
}

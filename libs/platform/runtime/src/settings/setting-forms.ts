import { parseRedisUrl } from '@voltbus/connections';
import { RETENTION, type RetentionName } from '@voltbus/database';
import { certificatesOf } from '@voltbus/tls';
import { z } from 'zod';
import { isAddressRange } from './address-ranges';

// The forms that values of settings have.

/** A number within its bounds. What people write by mistake (`ninety`, `0x10`, nothing) is none. */
function number(low: number, high: number, pattern: RegExp, kind: string) {
  const message = `must be a ${kind} from ${low} to ${high}`;
  return z
    .string()
    .refine((text) => pattern.test(text) && Number(text) >= low && Number(text) <= high, message)
    .transform(Number)
    .meta({ values: `${low} to ${high}` });
}
export const whole = (low: number, high: number) => number(low, high, /^\d{1,15}$/, 'whole number');
/** Seconds, or a share. */
export const decimal = (low: number, high: number) => number(low, high, /^\d{1,15}(\.\d{1,9})?$/, 'number');
export const port = whole(0, 65_535);
/** Days that something is kept; 0: for ever. */
export function daysKept(name: RetentionName) {
  const { least, usual, what } = RETENTION[name];
  const most = 36_500;
  const message = `must be 0 (for ever) or a whole number from ${least} to ${most}`;
  return z
    .string()
    .refine((text) => /^\d{1,6}$/.test(text) && (Number(text) === 0 || (Number(text) >= least && Number(text) <= most)), message)
    .transform(Number)
    .meta({ values: `${least} to ${most}, or 0` })
    .default(usual)
    .describe(`Days kept (0: for ever; docs/reference/limits.md): ${what}`);
}
/** An address of HTTP, with or without TLS. */
export const webUrl = z.url({ protocol: /^https?$/, error: 'must be http://… or https://…' });
export const secret = z.string().min(32, 'must have 32 characters or more');
export const certificates = z.string().superRefine((pem, context) => {
  const given = certificatesOf(pem);
  if (given.length === 0) context.addIssue({ code: 'custom', message: 'must be certificates in PEM' });
  for (const [index, certificate] of given.entries())
    if (certificate === null) context.addIssue({ code: 'custom', message: `certificate ${index + 1} cannot be read` });
});
/** An origin as browsers write it: in lower case, without a default port, a path or a wildcard. */
export function isWebOrigin(origin: string): boolean {
  return /^https?:\/\/[^*]+$/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin;
}
/** A list without blanks around its items, and without empty ones. */
export const commaSeparated = z.string().transform((list) =>
  list
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean),
);
export const addressRanges = commaSeparated.pipe(
  z.array(z.string().refine(isAddressRange, 'each must be an IP address or a range of them, such as 10.0.0.0/8')),
);
export const redisUrl = z.string().superRefine(readableBy(parseRedisUrl));

/** Checks a text with the parser of its user, and shows the parser's error. */
export function readableBy(read: (text: string) => unknown) {
  return (text: string, context: z.RefinementCtx): void => {
    try {
      read(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  };
}

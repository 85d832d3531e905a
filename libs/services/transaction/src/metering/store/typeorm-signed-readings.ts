import { MAX_SIGNED, MAX_SIGNED_BYTES } from '../domain/evidence';

/**
 * Characters of one signed value that are read back for an account; no larger one goes with a bill
 * (`domain/evidence.ts`).
 */
const MAX_SIGNED_CHARACTERS = 2 * MAX_SIGNED_BYTES;

/**
 * Signed data in order of time, verbatim, null where it is too large: of the marked readings and of the others, as many
 * from each end as can matter.
 */
export function signedQuery(scope: string): string {
  return `
SELECT context, (
  SELECT jsonb_object_agg(key, CASE WHEN length(value::text) <= ${MAX_SIGNED_CHARACTERS} THEN value ELSE 'null' END)
  FROM (SELECT key, value FROM jsonb_each(signed) LIMIT ${MAX_SIGNED + 1}) AS parts
) AS signed
FROM (SELECT at, context, signed, count(*) OVER marks AS total, row_number() OVER (marks ORDER BY at, context) AS nth
      FROM ${scope} WHERE signed IS NOT NULL WINDOW marks AS (PARTITION BY context IN ('Transaction.Begin', 'Transaction.End'))) AS numbered
WHERE nth <= ${MAX_SIGNED} OR nth > total - ${MAX_SIGNED} ORDER BY at, context`;
}

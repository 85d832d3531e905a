import { z } from 'zod';

/** Text that Postgres can keep: no control characters. */
export const text = z.string().regex(/^[^\p{Cc}]*$/u, 'has control characters');

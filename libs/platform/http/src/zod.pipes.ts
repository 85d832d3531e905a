import type { PipeTransform } from '@nestjs/common';
import { CsmsError } from '@voltbus/contracts';
import type { z } from 'zod';

/** A body checked by its schema; else 422 with every path that is wrong. */
export function zodBody<T extends z.ZodType>(schema: T): PipeTransform<unknown, z.output<T>> {
  return { transform: (value) => parsed(schema, value, 'invalid') };
}

/** A query checked by its schema; else 400 with every parameter that is wrong. */
export function zodQuery<T extends z.ZodType>(schema: T): PipeTransform<unknown, z.output<T>> {
  return { transform: (value) => parsed(schema, value, 'bad-request') };
}

function parsed<T extends z.ZodType>(schema: T, value: unknown, code: 'invalid' | 'bad-request'): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.map(({ path, message }) => ({ path: path.map((step) => `/${String(step)}`).join(''), message }));
  throw new CsmsError(code, errors.map(({ path, message }) => `${path || '/'}: ${message}`).join('; '), { errors });
}

import type { PipeTransform } from '@nestjs/common';
import { CsmsError } from '@voltbus/contracts';
import type { z } from 'zod';
import { pointer } from './json-pointer';
import { displayable } from '../values/values';

/** Checks a body by its schema. Throws `invalid` with every path that is wrong. */
export function checkedBody<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  return parsed(schema, body, 'invalid');
}

/** Checks a body by its schema, and answers 422 with every path that is wrong. */
export function zodBody<T extends z.ZodType>(schema: T): PipeTransform<unknown, z.output<T>> {
  return { transform: (value) => checkedBody(schema, value) };
}

/** Checks a part of the path by its schema, and answers 422 with its name. */
export function zodParam<T extends z.ZodType>(name: string, schema: T): PipeTransform<unknown, z.output<T>> {
  return { transform: (value) => parsed(schema, value, 'invalid', `/${name}`) };
}

/** Checks a query by its schema, and answers 400 with every parameter that is wrong. */
export function zodQuery<T extends z.ZodType>(schema: T): PipeTransform<unknown, z.output<T>> {
  return { transform: (value) => parsed(schema, value, 'bad-request') };
}

/** Errors in one answer. A body may have as many as it has members; the next hundred show when these are corrected. */
const MAX_ERRORS = 100;

function parsed<T extends z.ZodType>(schema: T, value: unknown, code: 'invalid' | 'bad-request', at = ''): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues
    .slice(0, MAX_ERRORS)
    .flatMap((issue) => {
      const path = `${at}${issue.path.map((step) => `/${pointer(String(step))}`).join('')}`;
      if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
      return issue.keys
        .slice(0, MAX_ERRORS)
        .map((key) => ({ path: `${path}/${displayable(pointer(key))}`, message: 'is no member of it' }));
    })
    .slice(0, MAX_ERRORS);
  throw new CsmsError(code, errors.map(({ path, message }) => `${path || '/'}: ${message}`).join('; '), { errors });
}

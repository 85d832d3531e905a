import type { PipeTransform } from '@nestjs/common';
import type { CsmsErrorCode } from '@voltbus/contracts';
import type { z } from 'zod';
import { faultsOf, faultyRequest, type RequestFault } from './request-faults';

/** Checks a body by its schema. Throws `invalid` with every path that is wrong. */
export function checkedBody<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  return parsed(schema, body, { code: 'invalid' });
}

/** Checks a body by its schema, and answers 422 with every path that is wrong. */
export function zodBody<T extends z.ZodType>(schema: T): PipeTransform<unknown, z.output<T>> {
  return { transform: (value) => checkedBody(schema, value) };
}

/** Checks a part of the path by its schema, and answers 422 with its name. */
export function zodParam<T extends z.ZodType>(name: string, schema: T): PipeTransform<unknown, z.output<T>> {
  return { transform: (value) => parsed(schema, value, { code: 'invalid', part: 'path', at: `/${name}` }) };
}

/** Checks a query by its schema, and answers 400 with every parameter that is wrong. */
export function zodQuery<T extends z.ZodType>(schema: T): PipeTransform<unknown, z.output<T>> {
  return { transform: (value) => parsed(schema, value, { code: 'bad-request', part: 'query' }) };
}

function parsed<T extends z.ZodType>(
  schema: T,
  value: unknown,
  { code, part, at }: { code: CsmsErrorCode; part?: RequestFault['in']; at?: string },
): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw faultyRequest(code, faultsOf(result.error, part, at));
}

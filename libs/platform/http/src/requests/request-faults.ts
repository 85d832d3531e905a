import { CsmsError, type CsmsErrorCode } from '@voltbus/contracts';
import type { z } from 'zod';
import { displayable } from '../values/values';
import { pointer } from './json-pointer';

/** One place of a request that is wrong, as `errors` of a problem has it. */
export interface RequestFault {
  /** The part of the request; absent: the body. */
  in?: 'path' | 'query' | 'header';
  /** JSON pointer into the body, or `/` and the name of a parameter or header. */
  path: string;
  message: string;
  /** The values that are allowed there, where they are a list. */
  allowed?: readonly unknown[];
}

/** Faults in one answer. A body may have as many as it has members; the next hundred show when these are corrected. */
const MAX_FAULTS = 100;
/** Allowed values that a message repeats; `allowed` has them all. */
const MAX_NAMED = 20;

/** The messages of zod where a schema has none of its own. */
const WITHOUT_MESSAGE = /^Invalid (option|input|discriminator)/;

type Issue = z.core.$ZodIssue;

/** The error of a request with these faults. */
export function faultyRequest(code: CsmsErrorCode, faults: readonly RequestFault[], options?: ErrorOptions): CsmsError {
  const errors = faults.slice(0, MAX_FAULTS);
  return new CsmsError(code, errors.map(({ path, message }) => `${path || '/'}: ${message}`).join('; '), { errors }, options);
}

/** What a schema found wrong. `at` is the path of the value that was checked. */
export function faultsOf({ issues }: z.ZodError, part: RequestFault['in'], at = ''): RequestFault[] {
  const where = part === undefined ? {} : { in: part };
  return issues.slice(0, MAX_FAULTS).flatMap((issue): RequestFault[] => {
    const path = `${at}${issue.path.map((step) => `/${pointer(String(step))}`).join('')}`;
    if (issue.code === 'unrecognized_keys')
      return issue.keys
        .slice(0, MAX_FAULTS)
        .map((key) => ({ ...where, path: `${path}/${displayable(pointer(key))}`, message: 'is no member of it' }));
    const allowed = allowedBy(issue);
    if (allowed === null) return [{ ...where, path, message: issue.message }];
    const message = WITHOUT_MESSAGE.test(issue.message) ? `is not one of ${named(allowed)}` : issue.message;
    return [{ ...where, path, message, allowed }];
  });
}

/** The values that an enum, a literal, or a union of them allows; null where the fault is of another kind. */
function allowedBy(issue: Issue): readonly unknown[] | null {
  if (issue.code === 'invalid_value') return issue.values;
  if (issue.code !== 'invalid_union') return null;
  if ('options' in issue && issue.options !== undefined) return issue.options; // the discriminators of objects
  const choices = issue.errors.map(([first, ...more]) =>
    first === undefined || more.length > 0 || first.path.length > 0 ? null : allowedBy(first),
  );
  return choices.length === 0 || choices.includes(null) ? null : choices.flatMap((values) => values ?? []);
}

function named(values: readonly unknown[]): string {
  const shown = values.slice(0, MAX_NAMED).map((value) => JSON.stringify(value));
  return `${shown.join(', ')}${values.length > MAX_NAMED ? ' and others' : ''}`;
}

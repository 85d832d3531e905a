import { SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { CsmsError, text, type CsmsErrorCode } from '@voltbus/contracts';
import type { FastifyRequest } from 'fastify';
import { CURSOR, bindingOf, type CursorSeal } from '../lists/cursor-seal';
import type { CallerRequest } from '../auth/caller';
import { displayable } from '../values/values';

const QUERY_NAMES = 'voltbus.query';
const DURABLE_CURSORS = 'voltbus.durable-cursors';
/** Characters of one value in a path or a query; longer than any name or cursor of this API. */
const MAX_PARAMETER = 1_024;
const parameter = text.max(MAX_PARAMETER, `is longer than ${MAX_PARAMETER} characters`);

/** Handler: takes query parameters of these names, and no others. */
export const TakesQuery = (names: readonly string[]) => SetMetadata(QUERY_NAMES, names);

/** Handler: takes cursors that never expire. */
export const TakesDurableCursors = () => SetMetadata(DURABLE_CURSORS, true);

type Parameters = Record<string, unknown>;
type Fault = { path: string; message: string };

/** Checks the parameters of every route: known names, each given once, values that can be stored, and cursors that were sealed for this list. */
export class ParameterGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly seal: CursorSeal,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest & CallerRequest>();
    const query = request.query as Parameters; // as Fastify parses it
    const known = this.reflector.get<readonly string[] | undefined>(QUERY_NAMES, context.getHandler()) ?? [];
    refuse(pathFaults(request.params as Parameters), ['PUT', 'POST'].includes(request.method) ? 'invalid' : 'not-found');
    refuse(queryFaults(query, known), 'bad-request');
    const cursor = query[CURSOR];
    const durable = this.reflector.get<boolean | undefined>(DURABLE_CURSORS, context.getHandler()) ?? false;
    if (typeof cursor === 'string') query[CURSOR] = this.seal.open(cursor, bindingOf(request), { durable });
    return true;
  }
}

/** A name that nothing can have is `invalid` where a resource is made, and `not-found` where one is looked for. */
function refuse(faults: readonly Fault[], code: CsmsErrorCode): void {
  if (faults.length > 0) throw new CsmsError(code, faults.map(({ path, message }) => `${path}: ${message}`).join('; '), { errors: faults });
}

function pathFaults(parameters: Parameters): Fault[] {
  return Object.entries(parameters).flatMap(([name, value]) => valueFault(name, value));
}

function queryFaults(query: Parameters, known: readonly string[]): Fault[] {
  return Object.entries(query).flatMap(([name, value]) => {
    if (!known.includes(name)) return [{ path: `/${displayable(name)}`, message: unknownName(known) }];
    if (Array.isArray(value)) return [{ path: `/${name}`, message: 'is given more than once' }];
    return valueFault(name, value);
  });
}

function unknownName(known: readonly string[]): string {
  return known.length === 0 ? 'is no parameter: there are none here' : `is no parameter: there are ${known.join(', ')}`;
}

function valueFault(name: string, value: unknown): Fault[] {
  return (parameter.safeParse(value).error?.issues ?? []).map(({ message }) => ({ path: `/${name}`, message }));
}

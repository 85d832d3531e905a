import { SetMetadata, applyDecorators, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { text } from '@voltbus/contracts';
import type { FastifyRequest } from 'fastify';
import { CURSOR, bindingOf, type CursorSeal } from '../lists/cursor-seal';
import type { CallerRequest } from '../auth/caller';
import { displayable } from '../values/values';
import { faultsOf, faultyRequest, type RequestFault } from './request-faults';

const QUERY_NAMES = 'voltbus.query';
const QUERY_LISTS = 'voltbus.query-lists';
const DURABLE_CURSORS = 'voltbus.durable-cursors';
/** Characters of one value in a path or a query; longer than any name or cursor of this API. */
export const MAX_PARAMETER = 1_024;
const parameter = text.max(MAX_PARAMETER, `is longer than ${MAX_PARAMETER} characters`);

/** Handler: takes query parameters of these names, and no others. Those of `lists`, which is asked for when a request comes, have values with commas between them. */
export const TakesQuery = (names: readonly string[], lists: Lists) =>
  applyDecorators(SetMetadata(QUERY_NAMES, names), SetMetadata(QUERY_LISTS, lists));

/** Handler: takes cursors that never expire. */
export const TakesDurableCursors = () => SetMetadata(DURABLE_CURSORS, true);

type Parameters = Record<string, unknown>;
type Lists = () => readonly string[];

/** Checks the parameters of every route: known names, each given once unless it is a list, values that can be stored, and cursors that were sealed for this list. */
export class ParameterGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly seal: CursorSeal,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest & CallerRequest>();
    const query = request.query as Parameters; // as Fastify parses it
    const known = this.reflector.get<readonly string[] | undefined>(QUERY_NAMES, context.getHandler()) ?? [];
    if (Object.values(query).some(Array.isArray))
      joinLists(query, this.reflector.get<Lists | undefined>(QUERY_LISTS, context.getHandler())?.() ?? []);
    const inPath = Object.entries(request.params as Parameters).flatMap(([name, value]) => valueFaults('path', name, value));
    // a name that nothing can have is `invalid` where a resource is made, and `not-found` where one is looked for
    if (inPath.length > 0) throw faultyRequest(['PUT', 'POST'].includes(request.method) ? 'invalid' : 'not-found', inPath);
    const inQuery = queryFaults(query, known);
    if (inQuery.length > 0) throw faultyRequest('bad-request', inQuery);
    const cursor = query[CURSOR];
    const durable = this.reflector.get<boolean | undefined>(DURABLE_CURSORS, context.getHandler()) ?? false;
    if (typeof cursor === 'string') query[CURSOR] = this.seal.open(cursor, bindingOf(request), { durable });
    return true;
  }
}

/** Clients of some generators repeat a list's parameter for each value, whatever its description says: the same as commas between them. */
function joinLists(query: Parameters, lists: readonly string[]): void {
  for (const name of lists) {
    const values = query[name];
    if (Array.isArray(values)) query[name] = values.join(',');
  }
}

function queryFaults(query: Parameters, known: readonly string[]): RequestFault[] {
  return Object.entries(query).flatMap(([name, value]): RequestFault[] => {
    if (!known.includes(name)) return [{ in: 'query', path: `/${displayable(name)}`, message: unknownName(known) }];
    if (Array.isArray(value)) return [{ in: 'query', path: `/${name}`, message: 'is given more than once' }];
    return valueFaults('query', name, value);
  });
}

function unknownName(known: readonly string[]): string {
  return known.length === 0 ? 'is no parameter: there are none here' : `is no parameter: there are ${known.join(', ')}`;
}

function valueFaults(part: 'path' | 'query', name: string, value: unknown): RequestFault[] {
  const { error } = parameter.safeParse(value);
  return error === undefined ? [] : faultsOf(error, part, `/${name}`);
}

import { CsmsError } from '@voltbus/contracts';
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { pathOf } from './path-of';

/** Marks of a route in Fastify's configuration. */
export interface RouteMarks {
  /** It needs no key. */
  open?: boolean;
  /** A ticket will do in the place of a key: its query parameter `ticket`. */
  takesTicket?: boolean;
  /** Its body is many items, in one of `LINES_TYPES`. */
  takesLines?: boolean;
  /** Its body is a file of any content type. */
  takesFile?: boolean;
}

/** Routes of the API's description, which no controller has. */
const DESCRIPTION = /^\/(docs|openapi)([/.-]|$)/;

interface Known {
  pattern: RegExp;
  methods: string[];
}

/** Whether a route needs no key. */
export function isOpenRoute({ routeOptions }: FastifyRequest): boolean {
  const { open = false } = routeOptions.config as RouteMarks; // as `Public` marked it
  return open || DESCRIPTION.test(routeOptions.url ?? '');
}

/** The ticket of a request to a route that takes one; null without. */
export function ticketOf({ routeOptions, query }: FastifyRequest): string | null {
  const { takesTicket = false } = routeOptions.config as RouteMarks; // as `TakesTicket` marked it
  const { ticket } = query as { ticket?: unknown }; // as Fastify parses it
  return takesTicket && typeof ticket === 'string' ? ticket : null;
}

/** The methods that each path takes, to tell a wrong method from an unknown path. */
export class RouteTable {
  private readonly known = new Map<string, Known>();

  add({ url, method }: Pick<RouteOptions, 'url' | 'method'>): void {
    const known = this.known.get(url) ?? { pattern: patternOf(url), methods: [] };
    known.methods.push(...(Array.isArray(method) ? method : [method]));
    this.known.set(url, known);
  }

  /** The methods that the path of a request takes, in order; none: there is no such path. */
  methodsOf({ url }: Pick<FastifyRequest, 'url'>): string[] {
    const path = pathOf(url);
    const methods = [...this.known.values()].filter(({ pattern }) => pattern.test(path)).flatMap((known) => known.methods);
    return methods.length === 0 ? [] : [...new Set([...methods, 'OPTIONS'])].sort();
  }

  /** Answers a request that no route takes: 204 to OPTIONS on a path that exists, else the problem is thrown. `Allow` lists the methods of the path. */
  answerMissing(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { method, url } = request;
    const allow = this.methodsOf(request);
    if (allow.length === 0) throw new CsmsError('not-found', `there is no ${method} ${pathOf(url).slice(0, 200)}`);
    void reply.header('allow', allow.join(', '));
    if (method === 'OPTIONS') return reply.status(204).send();
    throw new CsmsError('method-not-allowed', `the path takes ${allow.join(', ')}`, { allow });
  }
}

function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    if (part === '*') return '.*';
    return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}$`);
}

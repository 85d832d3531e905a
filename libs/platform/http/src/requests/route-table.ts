import { CsmsError } from '@voltbus/contracts';
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';

/** Marks of a route in Fastify's configuration. */
export interface RouteMarks {
  /** It needs no key. */
  open?: boolean;
  /** A ticket will do in the place of a key: its query parameter `ticket`. */
  takesTicket?: boolean;
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

  /** The problem of a request that no route takes. Where the path exists, `Allow` lists its methods. */
  missing({ method, url }: FastifyRequest, reply: FastifyReply): CsmsError {
    const path = url.split('?', 1)[0] ?? '';
    const allowed = [...this.known.values()].filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods);
    if (allowed.length === 0) return new CsmsError('not-found', `there is no ${method} ${path.slice(0, 200)}`);
    const allow = [...new Set(allowed)].sort();
    void reply.header('allow', allow.join(', '));
    return new CsmsError('method-not-allowed', `the path takes ${allow.join(', ')}`, { allow });
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

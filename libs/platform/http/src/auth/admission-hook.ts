import { CsmsError, type CsmsErrorCode } from '@voltbus/contracts';
import type { Settings } from '@voltbus/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { noKey } from './auth.guard';
import type { Caller, CallerRequest } from './caller';
import { Quota, quotaHeaders } from '../limits/quota';
import { sourceOf } from '../limits/source';
import { checkContent } from '../requests/content';
import { nameTenant } from '../requests/request-context';
import { sampleAsCaller } from '../requests/request-span';
import { RouteTable, isOpenRoute, ticketOf } from '../requests/route-table';
import type { AccessTelemetry } from '../access-telemetry';
import type { Cors } from '../cors/cors';
import type { Authenticator } from './authenticator';

/** The window of every policy, as `RateLimit-Policy` states it. */
const WINDOW_SECONDS = 60;
type QuotaSettings = Pick<
  Settings,
  'API_REQUESTS_PER_MINUTE' | 'API_TENANT_REQUESTS_PER_MINUTE' | 'API_OPEN_REQUESTS_PER_MINUTE' | 'API_FAILED_KEYS_PER_MINUTE'
>;

/**
 * Admits a request by its headers, before a byte of its body is read. The key, token or session is checked before anything is counted: a request with a valid key counts
 * against that key alone, so that nobody is refused for what others do from the same address; every other request, a preflight too, counts against its address.
 */
export class AdmissionHook {
  private readonly routes = new RouteTable();
  private readonly perKey: Quota;
  private readonly perTenant: Quota;
  private readonly perAddress: Quota;
  private readonly failedKeys: Quota;

  constructor(
    private readonly authenticator: Authenticator,
    private readonly cors: Cors,
    settings: QuotaSettings,
    private readonly telemetry: Pick<AccessTelemetry, 'notAdmitted' | 'admitted'>,
    private readonly now: () => number = () => performance.now(),
  ) {
    const policy = (name: string, quota: number) => new Quota({ name, quota, windowSeconds: WINDOW_SECONDS });
    this.perKey = policy('key', settings.API_REQUESTS_PER_MINUTE);
    this.perTenant = policy('tenant', settings.API_TENANT_REQUESTS_PER_MINUTE);
    this.perAddress = policy('address', settings.API_OPEN_REQUESTS_PER_MINUTE);
    this.failedKeys = policy('failed-keys', settings.API_FAILED_KEYS_PER_MINUTE);
  }

  /** Must be called before any route is added. */
  register(instance: FastifyInstance): void {
    instance.addHook('onRoute', (route) => this.routes.add(route));
    instance.addHook('onRequest', (request, reply) => this.admit(request, reply));
  }

  private async admit(request: FastifyRequest & Partial<CallerRequest>, reply: FastifyReply): Promise<FastifyReply | undefined> {
    const source = sourceOf(request.ip);
    if (this.cors.isPreflight(request)) {
      this.count(this.perAddress, source, reply);
      return this.cors.answerPreflight(request, reply);
    }
    if (request.is404 || isOpenRoute(request)) {
      this.count(this.perAddress, source, reply);
      if (request.is404) return this.routes.answerMissing(request, reply);
    } else {
      request.caller = await this.authenticated(request, reply, source);
      nameTenant(request.caller.tenant);
    }
    checkContent(request);
    return undefined;
  }

  private async authenticated(request: FastifyRequest, reply: FastifyReply, source: string): Promise<Caller> {
    const ticket = ticketOf(request);
    let caller: Caller | null;
    try {
      caller = await (ticket === null ? this.authenticator.callerOf(request) : this.authenticator.callerOfTicket(ticket, request));
    } catch (error) {
      this.telemetry.notAdmitted(failureOf(error));
      if (error instanceof CsmsError && error.code !== 'issuer-unavailable') this.count(this.failedKeys, source, reply);
      throw error;
    }
    if (caller === null) {
      this.telemetry.notAdmitted(ticket === null ? 'key' : 'ticket');
      this.count(this.failedKeys, source, reply);
      throw ticket === null ? noKey() : new CsmsError('unauthorized', 'the ticket opens nothing, or no more: fetch another');
    }
    this.telemetry.admitted(kindOf(caller));
    this.countCaller(caller, reply);
    sampleAsCaller(request);
    return caller;
  }

  /** By its key, or by its subject, however many tokens that fetches; then by its tenant, whose quota is told only to whom it refuses. */
  private countCaller({ actor, administrator, tenant }: Caller, reply: FastifyReply): void {
    this.count(this.perKey, actor, reply);
    if (administrator) return;
    const state = this.perTenant.take(tenant, this.now());
    if (!state.admitted) this.refuse(this.perTenant, state, reply);
  }

  private count(quota: Quota, source: string, reply: FastifyReply): void {
    const state = quota.take(source, this.now());
    if (!state.admitted) this.refuse(quota, state, reply);
    void reply.headers(quotaHeaders(quota.policy, state));
  }

  private refuse({ policy }: Quota, state: ReturnType<Quota['take']>, reply: FastifyReply): never {
    void reply.headers(quotaHeaders(policy, state));
    const { name, quota: most, windowSeconds } = policy;
    const detail = `more than ${most} requests in ${windowSeconds} seconds (${name})`;
    throw new CsmsError('too-many-requests', detail, { retryAfterSeconds: state.resetSeconds });
  }
}

function kindOf({ administrator, token, ticket, session }: Caller): 'administrator' | 'key' | 'token' | 'ticket' | 'session' {
  if (ticket !== undefined) return 'ticket';
  if (session !== undefined) return 'session';
  if (administrator) return 'administrator';
  return token === null ? 'key' : 'token';
}

const FAILURES: Partial<Record<CsmsErrorCode, 'address' | 'token' | 'other-site' | 'unavailable'>> = {
  'cross-site-request': 'other-site',
  'address-not-allowed': 'address',
  'invalid-access-token': 'token',
  'no-access': 'token',
  'issuer-unavailable': 'unavailable',
};

/** What was wrong with a request that was not let in. */
function failureOf(error: unknown): 'key' | 'address' | 'token' | 'other-site' | 'unavailable' {
  if (!(error instanceof CsmsError)) return 'unavailable';
  return FAILURES[error.code] ?? 'key';
}

import { CsmsError } from '@voltbus/contracts';
import type { Settings } from '@voltbus/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { noKey } from '../auth.guard';
import type { Caller } from '../caller';
import { Quota, quotaHeaders } from '../limits/quota';
import { sourceOf } from '../limits/source';
import { mustBeReadable } from '../requests/content';
import { RouteTable, isOpenRoute } from '../requests/route-table';
import type { CallerRequest } from '../tenant';
import type { Authenticator } from './authenticator';

/** Of every policy, as `RateLimit-Policy` says. */
const WINDOW_SECONDS = 60;
/** As who the administrator's key is counted: no id of a tenant's key, which are hexadecimal. */
const ADMINISTRATOR = 'administrator';

type QuotaSettings = Pick<Settings, 'API_REQUESTS_PER_MINUTE' | 'API_OPEN_REQUESTS_PER_MINUTE' | 'API_FAILED_KEYS_PER_MINUTE'>;

/**
 * Judges a request by its headers, before a byte of its body is read. A key is proved before anything is counted: who has a valid one is
 * counted by it alone, so that nobody is kept out for what others do from the same address; everybody else is counted by address.
 */
export class KeyFirst {
  private readonly routes = new RouteTable();
  private readonly ofKey: Quota;
  private readonly ofAddress: Quota;
  private readonly failed: Quota;

  constructor(
    private readonly authenticator: Authenticator,
    settings: QuotaSettings,
    private readonly now: () => number = () => performance.now(),
  ) {
    const policy = (name: string, quota: number) => new Quota({ name, quota, windowSeconds: WINDOW_SECONDS });
    this.ofKey = policy('key', settings.API_REQUESTS_PER_MINUTE);
    this.ofAddress = policy('address', settings.API_OPEN_REQUESTS_PER_MINUTE);
    this.failed = policy('failed-keys', settings.API_FAILED_KEYS_PER_MINUTE);
  }

  /** Before any route is added. */
  guard(instance: FastifyInstance): void {
    instance.addHook('onRoute', (route) => this.routes.add(route));
    instance.addHook('onRequest', (request, reply) => this.judge(request, reply));
  }

  private async judge(request: FastifyRequest & Partial<CallerRequest>, reply: FastifyReply): Promise<void> {
    const source = sourceOf(request.ip);
    if (request.is404 || isOpenRoute(request)) {
      this.count(this.ofAddress, source, reply);
      if (request.is404) throw this.routes.missing(request, reply);
    } else {
      request.caller = await this.proved(request, reply, source);
    }
    mustBeReadable(request.headers);
  }

  private async proved(request: FastifyRequest, reply: FastifyReply, source: string): Promise<Caller> {
    let caller: Caller | null;
    try {
      caller = await this.authenticator.callerOf(request);
    } catch (error) {
      if (error instanceof CsmsError) this.count(this.failed, source, reply);
      throw error;
    }
    if (caller === null) {
      this.count(this.failed, source, reply);
      throw noKey();
    }
    this.count(this.ofKey, caller.key?.id ?? ADMINISTRATOR, reply);
    return caller;
  }

  private count(quota: Quota, who: string, reply: FastifyReply): void {
    const state = quota.take(who, this.now());
    void reply.headers(quotaHeaders(quota.policy, state));
    if (state.admitted) return;
    const { name, quota: most, windowSeconds } = quota.policy;
    const detail = `more than ${most} requests in ${windowSeconds} seconds (${name})`;
    throw new CsmsError('too-many-requests', detail, { retryAfterSeconds: state.resetSeconds });
  }
}

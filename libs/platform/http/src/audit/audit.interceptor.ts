import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { ModuleRef, Reflector } from '@nestjs/core';
import { TENANT_PATTERN } from '@voltbus/contracts';
import { withoutSecrets } from '@voltbus/ocpp';
import type { FastifyReply } from 'fastify';
import { catchError, from, mergeMap, type Observable } from 'rxjs';
import type { AccessTelemetry } from '../access-telemetry';
import { accessOf } from '../auth/access';
import { problemOf } from '../problems/problem';
import { pathOf } from '../requests/path-of';
import type { AuditLog, AuditedChange } from './audit-log';
import { AUDITED, type Auditing } from './audited';
import { authorOf, type AuditedRequest } from './change-author';
import type { Logger } from '@voltbus/telemetry';

const MAX_PATH_LENGTH = 2_048;

const READ_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Records every change that is made through the API: its author, their address, the resource before and after. */
export class AuditInterceptor implements NestInterceptor {
  constructor(
    private readonly log: AuditLog,
    private readonly parts: {
      reflector: Reflector;
      modules: ModuleRef;
      logger: Logger;
      telemetry: Pick<AccessTelemetry, 'outcomeNotAudited'>;
    },
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<AuditedRequest>();
    if (READ_METHODS.has(request.method) || accessOf(this.parts.reflector, context) === 'public') return next.handle();
    const auditing = this.parts.reflector.get<Auditing<unknown> | undefined>(AUDITED, context.getHandler()) ?? {};
    const show = (): Promise<unknown> => this.show(context, auditing, request);
    const change = changeOf(request, await show());
    const entry = { tenant: change.tenant, id: await this.log.begin(change) };
    return next.handle().pipe(
      mergeMap(async (answer: unknown) => {
        const status = context.switchToHttp().getResponse<FastifyReply>().statusCode;
        await this.record(() => this.log.complete(entry, { status, after: recordable(afterOf(auditing, request.method, answer)) }));
        return answer;
      }),
      catchError((error: unknown) => from(this.failed(entry, error))),
    );
  }

  /** A refusal has changed nothing; after a fault the outcome is unknown. */
  private async failed(entry: { tenant: string; id: string }, error: unknown): Promise<never> {
    const { status } = problemOf(error);
    await this.record(() => (status < 500 ? this.log.withdraw(entry) : this.log.complete(entry, { status, after: null })));
    throw error;
  }

  /** The change is made and its entry exists, so an outcome that cannot be recorded does not fail the request. */
  private async record(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.parts.telemetry.outcomeNotAudited();
      this.parts.logger.error({ err: error }, 'the outcome of a change is missing in the audit log');
    }
  }

  /** Null where there is no such resource, or cannot be one; the route itself answers that. */
  private async show(context: ExecutionContext, { view }: Auditing<unknown>, request: AuditedRequest): Promise<unknown> {
    if (view === undefined) return null;
    const controller: unknown = this.parts.modules.get(context.getClass(), { strict: false });
    const params = request.params as Record<string, string>; // Fastify's own parameters are text
    try {
      return recordable(await view(controller, { tenant: request.caller?.tenant ?? '', params }));
    } catch (error) {
      if (problemOf(error).status === 503) throw error;
      return null;
    }
  }
}

function changeOf(request: AuditedRequest, before: unknown): AuditedChange {
  const { caller, params, method, url } = request;
  const named = (params as Record<string, string | undefined>)['tenant']; // the administrator's routes name the tenant in the path
  return {
    tenant: named !== undefined && TENANT_PATTERN.test(named) ? named : (caller?.tenant ?? ''),
    ...authorOf(request),
    method,
    path: pathOf(url).slice(0, MAX_PATH_LENGTH),
    before,
  };
}

function afterOf({ after }: Auditing<unknown>, method: string, answer: unknown): unknown {
  if (method === 'DELETE') return null;
  return after === undefined ? (answer ?? null) : after(answer as never); // the decorator knows its route's answer
}

/** The resource without secrets, also those inside its texts; tokens of type KeyCode stay, as all tokens do. */
export function recordable(resource: unknown): unknown {
  return resource === undefined ? null : withoutSecrets(resource, { keyCodes: false });
}

import { CsmsError, TENANT_PATTERN } from '@voltbus/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AccessTelemetry } from '../../access-telemetry';
import type { AuditLog } from '../../audit/audit-log';
import { problemOf, sendProblem } from '../../problems/problem';
import { faultyRequest, type RequestFault } from '../../requests/request-faults';
import { pathOf } from '../../requests/path-of';
import type { RouteMarks } from '../../requests/route-table';
import { viewOfSession } from '../sessions/session-view';
import { isPathOfThisSite } from './return-to';
import { CALLBACK_PATH, type Callback, type SignIn } from './sign-in';

const LOGIN_PATH = '/v1/auth/login';
const REDIRECT = 302;

interface Parts {
  /** Null: people do not sign in here. */
  signIn: SignIn | null;
  auditLog: AuditLog | null;
  telemetry: Pick<AccessTelemetry, 'signInEnded'>;
}

/**
 * Sends browsers to the provider and takes them back. Both routes are for a browser that goes from page to page, not for programs: they are no part of the API's
 * description, and the way back takes whatever parameters a provider adds.
 */
export function serveSignIn(instance: FastifyInstance, { signIn, auditLog, telemetry }: Parts): void {
  const config: RouteMarks = { open: true };
  const known = (): SignIn => {
    if (signIn === null) throw new CsmsError('not-found', 'nobody signs in here: the settings name no provider for it');
    return signIn;
  };
  void instance.register((scope, _options, done) => {
    scope.setErrorHandler((error, _request, reply) => sendProblem(reply, problemOf(error)));
    scope.get(LOGIN_PATH, { config }, async ({ query }, reply) => {
      const { returnTo, tenant } = wantedOf(query as Record<string, unknown>); // as Fastify parses it
      const { location, cookie } = await known().begin(returnTo, tenant);
      return reply.header('set-cookie', cookie).redirect(location, REDIRECT);
    });
    scope.get(CALLBACK_PATH, { config }, async (request, reply) => {
      const at = known();
      if (at.isOfThisBrowser(request.headers, request.query as Callback)) void reply.header('set-cookie', at.noCookie);
      try {
        const { returnTo, cookie } = await end(at, auditLog, request);
        telemetry.signInEnded('signed-in');
        return await reply.header('set-cookie', cookie).redirect(returnTo, REDIRECT);
      } catch (error) {
        telemetry.signInEnded(outcomeOf(error));
        throw error;
      }
    });
    done();
  });
}

/** A session that the audit log does not have is taken back before its browser knows of it. */
async function end(signIn: SignIn, auditLog: AuditLog | null, request: FastifyRequest): Promise<{ returnTo: string; cookie: string }> {
  const signedIn = await signIn.complete(request.headers, request.query as Callback);
  const { session, cookie } = await signIn.beginSession(signedIn, request);
  const entry = { tenant: session.tenant, key: session.actor, address: request.ip, requestId: String(request.id), reason: null };
  try {
    const id = await auditLog?.begin({ ...entry, method: request.method, path: pathOf(request.url), before: null });
    if (id !== undefined) await auditLog?.complete({ tenant: session.tenant, id }, { status: REDIRECT, after: viewOfSession(session) });
  } catch (error) {
    await signIn.undo(session);
    throw error;
  }
  return { returnTo: signedIn.returnTo, cookie };
}

function wantedOf({ returnTo = '/', tenant = null, ...others }: Record<string, unknown>): { returnTo: string; tenant: string | null } {
  const faults: RequestFault[] =
    Object.keys(others).length === 0 ? [] : [{ in: 'query', path: '/', message: 'takes only returnTo and tenant' }];
  if (typeof returnTo !== 'string' || !isPathOfThisSite(returnTo))
    faults.push({ in: 'query', path: '/returnTo', message: 'is no path of this site' });
  if (tenant !== null && !(typeof tenant === 'string' && TENANT_PATTERN.test(tenant)))
    faults.push({ in: 'query', path: '/tenant', message: 'is no name of a tenant' });
  if (faults.length > 0) throw faultyRequest('bad-request', faults);
  return { returnTo: returnTo as string, tenant: tenant as string | null }; // checked above
}

function outcomeOf(error: unknown): 'no-access' | 'failed' | 'unavailable' {
  if (!(error instanceof CsmsError)) return 'unavailable';
  if (error.code === 'no-access') return 'no-access';
  return error.code === 'issuer-unavailable' ? 'unavailable' : 'failed';
}

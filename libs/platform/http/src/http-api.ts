import type { CanActivate } from '@nestjs/common';
import { ModuleRef, ModulesContainer, NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { encryptionKeys, inRanges, peppers, type HttpApi, type Settings } from '@voltbus/runtime';
import { AccessTelemetry } from './access-telemetry';
import { API_KEYS, noApiKeys, type ApiKeys } from './auth/api-keys';
import { SESSIONS, type Sessions } from './auth/sessions/sessions';
import { serveSignIn } from './auth/sign-in/serve-sign-in';
import { SignIn } from './auth/sign-in/sign-in';
import { AUDIT_LOG, type AuditLog } from './audit/audit-log';
import { AuditInterceptor } from './audit/audit.interceptor';
import { AccessTokens } from './auth/access-tokens/access-tokens';
import { Authenticator } from './auth/authenticator';
import { AdmissionHook } from './auth/admission-hook';
import { AuthGuard } from './auth/auth.guard';
import { checkDeclared } from './auth/declared-routes';
import { StationScopeInterceptor } from './auth/station-scope';
import { StationScopeGuard } from './auth/station-scope.guard';
import { TenantScopeInterceptor, TenantScopedGuard } from './auth/tenant-scope';
import { TicketSeal } from './auth/ticket-seal';
import { Cors } from './cors/cors';
import {
  KNOWN_STATIONS,
  STATION_GROUPS,
  TENANT_DIRECTORY,
  type KnownStations,
  type StationGroups,
  type TenantDirectory,
} from './directories';
import { KnownStationGuard } from './requests/known-station.guard';
import { KnownTenantGuard } from './requests/known-tenant.guard';
import { AnswerSeal } from './idempotency/answer-seal';
import { IDEMPOTENCY_STORE, type IdempotencyStore } from './idempotency/idempotency-store';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor';
import { limitBodyTime } from './limits/body-time';
import { capSockets, serverTimeouts } from './limits/sockets';
import { IMPORT_WORKER, type ImportWorker } from './imports/import-target';
import { importTargetsOf } from './imports/import-targets';
import { CursorInterceptor } from './lists/cursor.interceptor';
import { CursorSeal } from './lists/cursor-seal';
import { serveApiDescription } from './openapi/describe-api';
import { problemOf, sendProblem } from './problems/problem';
import { serveProblemPages } from './problems/problem-pages';
import { ProblemFilter } from './problems/problem.filter';
import { DOWNLOAD_SOURCE, type DownloadSource } from './downloads/download-source';
import { serveDownloads } from './downloads/serve-downloads';
import { answerClientError } from './requests/client-errors';
import { closeUnread, continueWhenWanted, takeJson } from './requests/content';
import { ParameterGuard } from './requests/parameter.guard';
import { answerNotModified } from './resources/not-modified';
import { nameRequests } from './requests/request-context';
import { takeFiles } from './requests/take-files';
import { takeLines } from './requests/take-lines';
import { REQUEST_ID_HEADER, requestIdOf } from './requests/request-id';
import { serveUploads } from './uploads/serve-uploads';
import { UPLOAD_RECEIVER, type UploadReceiver } from './uploads/upload-receiver';
import { noopTelemetry, type Logger } from '@voltbus/telemetry';

/** Bytes of a body: a local list of 500 tokens fits, an upload does not. */
const BODY_LIMIT = 1_048_576;
/** As much as Node's own bound on headers lets through, because `ParameterGuard` refuses what is too long by its name. */
const MAX_PARAM_LENGTH = 16_384;

/** Bound answers in a browser: the page of the API runs its own scripts and nothing else; its styles are inline. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** The HTTP API of a process, for `runProcess`: keys, limits, problems, lists, and its own description. */
export const httpApi: HttpApi = {
  async create(root, options, { settings, logger, metrics = noopTelemetry.metrics }) {
    const telemetry = new AccessTelemetry(metrics, logger);
    const isProxy = inRanges(settings.API_TRUSTED_PROXIES ?? []);
    const adapter = new FastifyAdapter({
      ...serverTimeouts(settings),
      bodyLimit: BODY_LIMIT,
      routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
      trustProxy: (address: string | undefined) => isProxy(address),
      genReqId: requestIdOf,
      // errors that never reach Nest: a path that is not text, and bytes that are no HTTP
      frameworkErrors: (error: Error, _request: FastifyRequest, reply: FastifyReply) => sendProblem(reply, problemOf(error)),
      clientErrorHandler: answerClientError,
      forceCloseConnections: 'idle', // a stop lets open requests be answered
    });
    const app = await NestFactory.create<NestFastifyApplication>(root, adapter, { ...options, bodyParser: false });
    const instance = adapter.getInstance() as unknown as FastifyInstance; // the adapter's type is too narrow for raw servers
    capSockets(instance.server, settings.API_SOCKETS_PER_ADDRESS, isProxy);
    const cors = new Cors(settings.CORS_ORIGINS ?? []);
    const sessions = provided<Sessions>(app, SESSIONS);
    const tokens = accessTokensOf(settings, telemetry);
    const authenticator = authenticatorOf(app, settings, { accessTokens: tokens, sessions });
    addHooks(instance, cors, new AdmissionHook(authenticator, cors, settings, telemetry));
    limitBodyTime(instance, settings);
    checkDeclared(app);
    addGuards(app, settings, { logger, telemetry });
    app.useGlobalFilters(new ProblemFilter(logger));
    serveApiDescription(app);
    serveProblemPages(instance);
    const uploads = provided<UploadReceiver>(app, UPLOAD_RECEIVER);
    if (uploads !== null) serveUploads(instance, uploads);
    const downloads = provided<DownloadSource>(app, DOWNLOAD_SOURCE);
    if (downloads !== null) serveDownloads(instance, downloads);
    const failed = telemetry.providerFailed.bind(telemetry);
    const signIn = sessions === null ? null : SignIn.of(settings, { tokens, sessions, failed });
    if (sessions !== null) serveSignIn(instance, { signIn, auditLog: provided<AuditLog>(app, AUDIT_LOG), telemetry });
    return app;
  },
};

function accessTokensOf(settings: Settings, telemetry: AccessTelemetry): AccessTokens {
  const counted = { keysFetched: telemetry.issuerKeysFetched.bind(telemetry) };
  return new AccessTokens(settings.OIDC_ISSUERS ?? [], { telemetry: counted });
}

function authenticatorOf(
  app: NestFastifyApplication,
  settings: Settings,
  parts: { accessTokens: AccessTokens; sessions: Sessions | null },
): Authenticator {
  const keys = provided<ApiKeys>(app, API_KEYS) ?? noApiKeys;
  const tenants = provided<TenantDirectory>(app, TENANT_DIRECTORY);
  const { ADMIN_KEY: admin, ADMIN_KEY_PREVIOUS: before } = settings;
  return new Authenticator(before === undefined ? admin : [admin, before], {
    keys,
    tenants,
    tickets: new TicketSeal(settings),
    ...parts,
  });
}

/** Their order matters: the right, the parameters, the tenant, the station and whether it may be reached, a repeat, and then the record of a change. */
function addGuards(
  app: NestFastifyApplication,
  settings: Settings,
  { logger, telemetry }: { logger: Logger; telemetry: AccessTelemetry },
): void {
  const [reflector, seal] = [app.get(Reflector), new CursorSeal(peppers(settings))];
  const scoped = (guard: CanActivate) => new TenantScopedGuard(guard, reflector);
  app.useGlobalGuards(new AuthGuard(reflector, telemetry), new ParameterGuard(reflector, seal), scoped(new KnownTenantGuard(reflector)));
  const stations = provided<KnownStations>(app, KNOWN_STATIONS);
  if (stations !== null) app.useGlobalGuards(scoped(new KnownStationGuard(stations)));
  app.useGlobalGuards(scoped(new StationScopeGuard(reflector, app.get(ModuleRef), provided<StationGroups>(app, STATION_GROUPS))));
  app.useGlobalInterceptors(new TenantScopeInterceptor(reflector), new StationScopeInterceptor(), new CursorInterceptor(seal));
  const store = provided<IdempotencyStore>(app, IDEMPOTENCY_STORE);
  const answers = new AnswerSeal(peppers(settings), encryptionKeys(settings));
  if (store !== null) app.useGlobalInterceptors(new IdempotencyInterceptor({ store, seal: answers, reflector, logger }));
  const auditLog = provided<AuditLog>(app, AUDIT_LOG);
  if (auditLog !== null)
    app.useGlobalInterceptors(new AuditInterceptor(auditLog, { reflector, modules: app.get(ModuleRef), logger, telemetry }));
  provided<ImportWorker>(app, IMPORT_WORKER)?.serve(importTargetsOf(app, auditLog));
}

function addHooks(instance: FastifyInstance, cors: Cors, admission: AdmissionHook): void {
  nameRequests(instance);
  instance.addHook('onRequest', (request, reply, done) => {
    void reply.headers({ ...HEADERS, [REQUEST_ID_HEADER]: request.id });
    done();
  });
  cors.register(instance);
  admission.register(instance);
  continueWhenWanted(instance);
  takeJson(instance);
  takeLines(instance);
  takeFiles(instance);
  closeUnread(instance);
  answerNotModified(instance);
}

/** The provider of a token in whichever module has it; null where none has. */
function provided<T>(app: NestFastifyApplication, token: symbol): T | null {
  for (const { providers } of app.get(ModulesContainer).values()) {
    const provider = providers.get(token);
    if (provider !== undefined) return provider.instance as T; // the token names its type
  }
  return null;
}

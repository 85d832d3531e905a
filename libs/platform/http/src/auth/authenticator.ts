import { createHash, timingSafeEqual } from 'node:crypto';
import { CsmsError } from '@voltbus/contracts';
import type { TenantDirectory } from '../directories';
import type { TokenGrant } from './access-tokens/access-grant';
import type { AccessTokens } from './access-tokens/access-tokens';
import type { ApiKeys, KeyHolder } from './api-keys';
import { ADMINISTRATOR, type Caller, type CallerRequest } from './caller';
import { namedTenant, tenantOf } from './tenant';
import { rightsOfRole } from './permissions';
import { RecentTenants } from './recent-tenants';
import type { LiveSession, Sessions } from './sessions/sessions';
import type { TicketSeal } from './ticket-seal';
import { faultyRequest } from '../requests/request-faults';

interface AuthenticatorParts {
  keys: ApiKeys;
  /** Null in a process that does not know them: any tenant may then be named. */
  tenants: TenantDirectory | null;
  tickets: TicketSeal;
  accessTokens: AccessTokens;
  /** Null in a process that keeps none: cookies are then not looked at. */
  sessions: Sessions | null;
}

/** Begins the maker of a ticket that is a session, as no id of a key does. */
const SESSION_MAKER = 'session:';

/** Whoever makes a ticket, as it names them: the ticket lives as long as their key, token or session. */
export function ticketMakerOf({ session, token, actor }: Pick<Caller, 'session' | 'token' | 'actor'>): string | TokenGrant {
  return session === undefined ? (token ?? actor) : `${SESSION_MAKER}${session.id}`;
}

/** Finds the caller by the key or access token of a request, by the cookie of its session, or by its ticket. */
export class Authenticator {
  /** Of the administrator's key, and of the one before it. */
  private readonly admins: readonly Buffer[];
  private readonly tenantsOfTokens: RecentTenants;

  constructor(
    adminKey: string | readonly string[],
    private readonly parts: AuthenticatorParts,
  ) {
    this.admins = (typeof adminKey === 'string' ? [adminKey] : adminKey).map(digest);
    this.tenantsOfTokens = new RecentTenants(parts.tenants);
  }

  /**
   * Null without a valid key or session. A request with a key or token is that caller's, whatever cookies it has; one with a cookie alone must come from our own site if it changes
   * something (`cross-site-request`). With an access token it rejects where `AccessTokens` does. Rejects with `foreign-tenant` or `bad-request` when the request names a wrong tenant, with `address-not-allowed` where the key
   * may not be used from its address, and while keys cannot be checked.
   */
  async callerOf(request: Pick<CallerRequest, 'headers' | 'method'> & { ip?: string }): Promise<Caller | null> {
    if (request.headers['authorization'] === undefined) return this.callerOfCookie(request);
    const key = bearer(request);
    if (key === null) return null;
    if (this.isAdministrator(key)) return this.administrator(tenantOf(request));
    if (this.parts.accessTokens.isToken(key)) return this.subject(grantFor(request, await this.parts.accessTokens.accessOf(key)));
    const holder = await this.parts.keys.holderOf(key, request.ip);
    if (holder === null) return null;
    mustBeOwnTenant(holder, request);
    return this.holderOf(holder, () => this.parts.keys.holderOf(key, request.ip));
  }

  /** The caller of a request that came with a ticket and no key: who made the ticket, as long as their key or token lives. Null where it opens nothing. */
  async callerOfTicket(text: string, { headers }: Pick<CallerRequest, 'headers'>, now = new Date()): Promise<Caller | null> {
    if (headers['authorization'] !== undefined)
      throw faultyRequest('bad-request', [{ path: '/ticket', message: 'the request has a key already', in: 'query' }]);
    const lastEventId = headers['last-event-id'];
    const ticket = this.parts.tickets.open(text, typeof lastEventId === 'string' ? lastEventId : undefined, now);
    if (ticket === null) return null;
    const { id, tenant, maker, types, reopens } = ticket;
    const allowed = { id, types, reopens, proof: this.parts.tickets.proofOf(id) };
    if (maker === ADMINISTRATOR) return { ...this.administrator(tenant), ticket: allowed };
    if (typeof maker === 'string' && maker.startsWith(SESSION_MAKER)) {
      const session = await this.parts.sessions?.findById(maker.slice(SESSION_MAKER.length));
      return session === undefined || session === null ? null : { ...this.personOf(session, tenant), ticket: allowed };
    }
    if (typeof maker !== 'string') return maker.endsAt <= now.getTime() ? null : { ...(await this.subject(maker)), ticket: allowed };
    const holder = await this.parts.keys.holderWithId(maker);
    return holder === null ? null : { ...this.holderOf(holder, () => this.parts.keys.holderWithId(maker)), ticket: allowed };
  }

  private async callerOfCookie(request: Pick<CallerRequest, 'headers' | 'method'>): Promise<Caller | null> {
    const { sessions } = this.parts;
    if (sessions === null || !sessions.isShown(request.headers)) return null;
    sessions.site.mustBeOwn(request);
    const session = await sessions.find(request.headers);
    if (session === null) return null;
    if (session.grant === null) return this.personOf(session, tenantOf(request));
    mustBeOwnTenant(session, request);
    return this.personOf(session, session.tenant);
  }

  /** A caller with a session. Its person is limited to the tenant of the session; the administrator names one with each request. */
  private personOf(session: LiveSession, tenant: string): Caller {
    const { id, grant, actor, endsAt } = session;
    const stillAdmitted = async (): Promise<boolean> => ((await this.parts.sessions?.findById(id)) ?? null) !== null;
    if (grant === null) return { ...this.administrator(tenant), session, stillAdmitted };
    const token = { ...grant, actor, endsAt: endsAt.getTime() };
    const { role, stationGroups } = grant;
    return {
      ...{ tenant: grant.tenant, administrator: false, key: null, token, session, actor, rights: rightsOfRole(role), stationGroups },
      mustHaveTenant: () => Promise.resolve(), // a session goes with its tenant
      stillAdmitted,
    };
  }

  private holderOf({ id, tenant, rights, stationGroups }: KeyHolder, again: () => Promise<KeyHolder | null>): Caller {
    return {
      ...{ tenant, administrator: false, key: { id }, token: null, actor: id, rights, stationGroups },
      mustHaveTenant: () => Promise.resolve(), // a key goes with its tenant
      stillAdmitted: async () => (await again()) !== null,
    };
  }

  /**
   * A caller with an access token. Its tenant must be there, as it was within `TENANT_SEEN_MS`: the token outlives the deletion of one, as keys do not.
   */
  private async subject(token: TokenGrant): Promise<Caller> {
    const { tenant, role, stationGroups, actor, endsAt } = token;
    if (!(await this.tenantsOfTokens.has(tenant))) throw unknownTenant(tenant);
    return {
      ...{ tenant, administrator: false, key: null, token, actor, rights: rightsOfRole(role), stationGroups },
      mustHaveTenant: () => Promise.resolve(),
      stillAdmitted: () => Promise.resolve(Date.now() < endsAt),
    };
  }

  private administrator(tenant: string): Caller {
    const rights = rightsOfRole('platform-admin');
    return {
      ...{ tenant, administrator: true, key: null, token: null, actor: ADMINISTRATOR, rights, stationGroups: null },
      mustHaveTenant: () => this.mustExist(tenant),
      stillAdmitted: () => Promise.resolve(true),
    };
  }

  private async mustExist(tenant: string): Promise<void> {
    if (this.parts.tenants !== null && (await this.parts.tenants.find(tenant)) === null) throw unknownTenant(tenant);
  }

  /** Compared as digests: of equal length, in constant time. */
  private isAdministrator(key: string): boolean {
    const shown = digest(key);
    return this.admins.map((one) => timingSafeEqual(shown, one)).includes(true);
  }
}

function unknownTenant(tenant: string): CsmsError {
  return new CsmsError('unknown-tenant', `there is no tenant ${tenant}`);
}

function mustBeOwnTenant({ tenant }: Pick<KeyHolder, 'tenant'>, request: Pick<CallerRequest, 'headers'>): void {
  const named = namedTenant(request);
  if (named !== undefined && named !== tenant)
    throw new CsmsError('foreign-tenant', 'the API key or session is of another tenant than Voltbus-Tenant names');
}

/** What a token gives in the tenant that the request names, or else by its first rule. */
function grantFor(request: Pick<CallerRequest, 'headers'>, grants: readonly TokenGrant[]): TokenGrant {
  const named = namedTenant(request);
  const grant = grants.find(({ tenant }) => named === undefined || tenant === named);
  if (grant === undefined) throw new CsmsError('foreign-tenant', 'the access token gives nothing in the tenant that Voltbus-Tenant names');
  return grant;
}

function bearer({ headers }: Pick<CallerRequest, 'headers'>): string | null {
  const header = headers['authorization'];
  const [, key] = (typeof header === 'string' ? /^Bearer +(\S+) *$/i.exec(header) : null) ?? [];
  return key ?? null;
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

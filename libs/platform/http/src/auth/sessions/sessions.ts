import { randomUUID } from 'node:crypto';
import { CsmsError, asText } from '@voltbus/contracts';
import { peppers, type KeySettings, type Settings, type TokenIssuer } from '@voltbus/runtime';
import { claimsOfRules, grantsOf, type AccessGrant, type Claims } from '../access-tokens/access-grant';
import { BrowserSite } from './browser-site';
import { hashOf, isOurs, makeSecret } from './session-secret';
import type { SessionStore, StoredSession } from './session-store';

/** Sessions of one person in one tenant: of more, those end that were used least lately. */
export const MAX_SESSIONS_OF_PERSON = 10;
/** How often the use of a session is written, and so how exact its idle time is. */
const WRITE_USE_MS = 60_000;
const MAX_NAME_LENGTH = 100;
/** The claims that name a person, the best first (OpenID Connect Core 1.0, section 5.1). */
const NAMES = ['name', 'preferred_username', 'email'] as const;
const SESSION_COOKIE = 'session';
/** The administrator as an actor. */
const ADMINISTRATOR = 'administrator';

type Headers = Readonly<Record<string, string | string[] | undefined>>;
type SessionSettings = KeySettings &
  Pick<Settings, 'ADMIN_KEY' | 'SESSION_HOURS' | 'SESSION_IDLE_MINUTES' | 'API_URL' | 'HOST' | 'STANDALONE'> &
  Partial<Pick<Settings, 'OIDC_ISSUERS' | 'ADMIN_KEY_PREVIOUS'>>;

/** Injection token of the `Sessions`, for the module that keeps them. Without it nobody signs in, and cookies are not looked at. */
export const SESSIONS = Symbol('sessions');

/** A session that counts, with what its holder may do now. */
export interface LiveSession extends StoredSession {
  /** By the rules as they are now; null: the administrator. */
  grant: AccessGrant | null;
  /** Unless it is used before. */
  idleEndsAt: Date;
}

/** A person as an identity provider has shown them. */
interface Person {
  issuer: TokenIssuer;
  subject: string;
  claims: Claims;
}

/**
 * Sessions of browsers. The cookie's value is known to the browser alone; stored is a hash of it. A session keeps the claims of its person and no rights: what they give
 * is decided by the rules for every request, so that a changed rule counts for sessions too. Nothing is cached: a session that was ended is over everywhere, at once.
 */
export class Sessions {
  readonly site: BrowserSite;
  private readonly peppers;
  private readonly admins: readonly string[];
  private readonly now: () => Date;

  constructor(
    private readonly store: SessionStore,
    private readonly settings: SessionSettings,
    { now = () => new Date() }: { now?: () => Date } = {},
  ) {
    this.site = new BrowserSite(settings);
    this.peppers = peppers(settings);
    const { ADMIN_KEY: admin, ADMIN_KEY_PREVIOUS: before } = settings;
    this.admins = [admin, ...(before === undefined ? [] : [before])].filter((key) => key !== '');
    this.now = now;
  }

  /** Begins a session of a person in the tenant that they named, or in that of the first rule. Rejects with `no-access` where no rule gives them anything there. */
  async beginOfPerson(person: Person, tenant: string | undefined, address: string): Promise<{ session: LiveSession; cookie: string }> {
    const { issuer, subject, claims } = person;
    const grant = grantsOf(claims, issuer.access).find((one) => tenant === undefined || one.tenant === tenant);
    if (grant === undefined) throw new CsmsError('no-access', 'no rule gives the person who signed in a role here');
    const holder = { kind: 'person' as const, issuer: issuer.issuer, subject, claims: claimsOfRules(claims, issuer.access) };
    const value = makeSecret(this.peppers);
    const stored = this.form({ tenant: grant.tenant, holder, actor: `${issuer.name}:${subject}`, name: nameOf(claims), address });
    return this.begin(stored, { grant, value, hash: hashOf(value, { kind: 'person' }) });
  }

  /** Begins a session of the administrator, which ends with the key. Only in standalone. */
  async beginOfAdministrator(tenant: string, address: string): Promise<{ session: LiveSession; cookie: string }> {
    if (!this.settings.STANDALONE)
      throw new CsmsError('forbidden', 'the administrator has sessions in standalone only: people sign in at their provider');
    const value = makeSecret(this.peppers);
    const stored = this.form({ tenant, holder: { kind: ADMINISTRATOR }, actor: ADMINISTRATOR, name: null, address });
    return this.begin(stored, { grant: null, value, hash: hashOf(value, { kind: ADMINISTRATOR, key: this.settings.ADMIN_KEY }) });
  }

  /** Whether a request comes with the cookie of a session, good or not. */
  isShown(headers: Headers): boolean {
    return this.site.cookieOf(headers, SESSION_COOKIE) !== null;
  }

  /** The session of a cookie, whose use is noted; null: there is none, or it has ended. Rejects with `no-access` where the rules give its person nothing any more. */
  async find(headers: Headers): Promise<LiveSession | null> {
    const value = this.site.cookieOf(headers, SESSION_COOKIE);
    if (value === null || !isOurs(value, this.peppers)) return null;
    const admins = this.settings.STANDALONE ? this.admins : [];
    const hashes = [hashOf(value, { kind: 'person' }), ...admins.map((key) => hashOf(value, { kind: ADMINISTRATOR, key }))];
    const session = this.live(await this.store.findByHash(hashes));
    if (session === null) return null;
    const now = this.now();
    if (now.getTime() - session.lastUsedAt.getTime() < WRITE_USE_MS) return session;
    await this.store.used(session.id, now);
    return { ...session, lastUsedAt: now, idleEndsAt: this.idleEnd(now) };
  }

  /** By its id, for what goes on for long; that is no use of it. Null: it has ended, or gives nothing any more. */
  async findById(id: string): Promise<LiveSession | null> {
    const found = await this.store.find(id);
    return found === null || this.grantOf(found) === undefined ? null : this.live(found);
  }

  /** False: there is no such session in the tenant. */
  end({ tenant, id }: Pick<StoredSession, 'tenant' | 'id'>): Promise<boolean> {
    return this.store.remove(tenant, id);
  }

  /** A session that was not used since then has ended. */
  unusedSince(now: Date): Date {
    return new Date(now.getTime() - this.settings.SESSION_IDLE_MINUTES * 60_000);
  }

  /** The header that takes the cookie from the browser. */
  get noCookie(): string {
    return this.site.setCookie(SESSION_COOKIE, '', 0);
  }

  private async begin(
    stored: StoredSession,
    { grant, value, hash }: { grant: AccessGrant | null; value: string; hash: Buffer },
  ): Promise<{ session: LiveSession; cookie: string }> {
    if (!(await this.store.add(stored, hash, MAX_SESSIONS_OF_PERSON)))
      throw new CsmsError('unknown-tenant', `there is no tenant ${stored.tenant}`);
    const seconds = (stored.endsAt.getTime() - stored.createdAt.getTime()) / 1_000;
    return {
      session: { ...stored, grant, idleEndsAt: this.idleEnd(stored.createdAt) },
      cookie: this.site.setCookie(SESSION_COOKIE, value, seconds),
    };
  }

  private form(wanted: Pick<StoredSession, 'tenant' | 'holder' | 'actor' | 'name' | 'address'>): StoredSession {
    const now = this.now();
    const endsAt = new Date(now.getTime() + this.settings.SESSION_HOURS * 3_600_000);
    return { id: randomUUID(), ...wanted, createdAt: now, lastUsedAt: now, endsAt };
  }

  private live(stored: StoredSession | null): LiveSession | null {
    if (stored === null) return null;
    const idleEndsAt = this.idleEnd(stored.lastUsedAt);
    const now = this.now();
    if (stored.endsAt <= now || idleEndsAt <= now) return null;
    const grant = this.grantOf(stored);
    if (grant === undefined) throw new CsmsError('no-access', 'no rule gives the person of the session a role in its tenant any more');
    return { ...stored, grant, idleEndsAt };
  }

  /** Undefined: nothing. */
  private grantOf({ holder, tenant }: StoredSession): AccessGrant | null | undefined {
    if (holder.kind === ADMINISTRATOR) return this.settings.STANDALONE ? null : undefined;
    const issuer = this.settings.OIDC_ISSUERS?.find((one) => one.issuer === holder.issuer && one.signIn !== undefined);
    return issuer === undefined ? undefined : grantsOf(holder.claims, issuer.access).find((one) => one.tenant === tenant);
  }

  /** When a session ends that is not used any more. */
  idleEnd(used: Date): Date {
    return new Date(used.getTime() + this.settings.SESSION_IDLE_MINUTES * 60_000);
  }
}

function nameOf(claims: Claims): string | null {
  const name = NAMES.map((one) => claims[one]).find((one) => typeof one === 'string' && one.trim() !== '');
  return typeof name === 'string' ? asText(name.trim().slice(0, MAX_NAME_LENGTH)) : null;
}

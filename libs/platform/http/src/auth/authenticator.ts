import { createHash, timingSafeEqual } from 'node:crypto';
import { CsmsError } from '@voltbus/contracts';
import type { TenantDirectory } from '../directories';
import type { ApiKeys, KeyHolder } from './api-keys';
import type { Caller, CallerRequest } from './caller';
import { namedTenant, tenantOf } from './tenant';
import { rightsOfRole } from './permissions';
import type { TicketSeal } from './ticket-seal';
import { faultyRequest } from '../requests/request-faults';

/** Finds the caller by the key of a request, or by its ticket. */
export class Authenticator {
  private readonly admin: Buffer;

  /** `tenants` is null in a process that does not know them: any tenant may then be named. */
  constructor(
    adminKey: string,
    private readonly keys: ApiKeys,
    private readonly tenants: TenantDirectory | null,
    private readonly tickets: TicketSeal,
  ) {
    this.admin = digest(adminKey);
  }

  /** Null without a valid key. Rejects with `foreign-tenant` or `bad-request` when the request names a wrong tenant, and while keys cannot be checked. */
  async callerOf(request: Pick<CallerRequest, 'headers'>): Promise<Caller | null> {
    const key = bearer(request);
    if (key === null) return null;
    if (this.isAdministrator(key)) return this.administrator(tenantOf(request));
    const holder = await this.keys.holderOf(key);
    if (holder === null) return null;
    mustBeOwnTenant(holder, request);
    return this.holderOf(holder, () => this.keys.holderOf(key));
  }

  /** The caller of a request that came with a ticket and no key: who made the ticket, as long as their key lives. Null where it opens nothing. */
  async callerOfTicket(text: string, { headers }: Pick<CallerRequest, 'headers'>, now = new Date()): Promise<Caller | null> {
    if (headers['authorization'] !== undefined)
      throw faultyRequest('bad-request', [{ path: '/ticket', message: 'the request has a key already', in: 'query' }]);
    const lastEventId = headers['last-event-id'];
    const ticket = this.tickets.open(text, typeof lastEventId === 'string' ? lastEventId : undefined, now);
    if (ticket === null) return null;
    const { id, tenant, key, types, reopens } = ticket;
    const allowed = { id, types, reopens, proof: this.tickets.proofOf(id) };
    if (key === null) return { ...this.administrator(tenant), ticket: allowed };
    const holder = await this.keys.holderWithId(key);
    return holder === null ? null : { ...this.holderOf(holder, () => this.keys.holderWithId(key)), ticket: allowed };
  }

  private holderOf({ id, tenant, rights, stationGroups }: KeyHolder, again: () => Promise<KeyHolder | null>): Caller {
    return {
      ...{ tenant, administrator: false, key: { id }, rights, stationGroups },
      mustHaveTenant: () => Promise.resolve(), // a key goes with its tenant
      stillAdmitted: async () => (await again()) !== null,
    };
  }

  private administrator(tenant: string): Caller {
    return {
      ...{ tenant, administrator: true, key: null, rights: rightsOfRole('platform-admin'), stationGroups: null },
      mustHaveTenant: async () => {
        if (this.tenants !== null && (await this.tenants.find(tenant)) === null)
          throw new CsmsError('unknown-tenant', `there is no tenant ${tenant}`);
      },
      stillAdmitted: () => Promise.resolve(true),
    };
  }

  /** Compared as digests: of equal length, in constant time. */
  private isAdministrator(key: string): boolean {
    return timingSafeEqual(digest(key), this.admin);
  }
}

function mustBeOwnTenant({ tenant }: KeyHolder, request: Pick<CallerRequest, 'headers'>): void {
  const named = namedTenant(request);
  if (named !== undefined && named !== tenant)
    throw new CsmsError('foreign-tenant', 'the API key is of another tenant than Voltbus-Tenant names');
}

function bearer({ headers }: Pick<CallerRequest, 'headers'>): string | null {
  const header = headers['authorization'];
  const [, key] = (typeof header === 'string' ? /^Bearer +(\S+) *$/i.exec(header) : null) ?? [];
  return key ?? null;
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

import {
  TypeormList,
  among,
  beginsWithIgnoringCase,
  filteredBy,
  type Database,
  type ListDefinition,
  type ListSource,
} from '@voltbus/database';
import type { SessionStore, StoredSession } from '@voltbus/http';

/** A session as the list shows it. */
type ListedSession = Omit<StoredSession, 'holder'>;

interface SessionFilters {
  actor?: string[] | undefined;
  /** The beginning of the name, without regard to case. */
  search?: string | undefined;
}
/** Now, and since when a session may have been unused. */
interface Live {
  live: readonly [Date, Date];
}
type SessionSort = 'createdAt' | 'lastUsedAt';

interface Row extends ListedSession {
  issuer: string | null;
  subject: string | null;
  claims: Readonly<Record<string, unknown>> | null;
}

const LISTED = `id, tenant, actor, name, address, created_at AS "createdAt", last_used_at AS "lastUsedAt", ends_at AS "endsAt"`;
const COLUMNS = `${LISTED}, issuer, subject, claims`;

/** `GET /v1/sessions`. Those that have ended by their age wait for their removal, and are left out. */
const sessionList: ListDefinition<SessionFilters & Live, SessionSort> = {
  columns: LISTED,
  from: 'device_config.auth_sessions',
  owner: 'tenant',
  id: [{ sql: 'id', type: 'uuid' }],
  sorts: {
    createdAt: [{ sql: 'created_at', type: 'timestamptz' }],
    lastUsedAt: [{ sql: 'last_used_at', type: 'timestamptz' }],
  },
  filters: {
    actor: among('actor'),
    search: beginsWithIgnoringCase('name'),
    live: ([now, idleSince], bind) => `ends_at > ${bind(now)} AND last_used_at > ${bind(idleSince)}`,
  },
};

/** Sessions in Postgres, which all processes of the API share. */
export class TypeormSessions implements SessionStore {
  private readonly listed: TypeormList<ListedSession, SessionFilters & Live, SessionSort>;

  constructor(private readonly database: Database) {
    this.listed = new TypeormList(database, sessionList);
  }

  add(session: StoredSession, hash: Buffer, most: number): Promise<boolean> {
    const { id, tenant, holder, actor, name, address, createdAt, lastUsedAt, endsAt } = session;
    const person = holder.kind === 'person' ? holder : { issuer: null, subject: null, claims: null };
    return this.database.transaction(async (manager) => {
      // One at a time in a tenant, so that the bound holds, and none in a tenant that is being removed.
      const tenants: unknown[] = await manager.query(`SELECT FROM device_config.tenants WHERE tenant = $1 FOR NO KEY UPDATE`, [tenant]);
      if (tenants.length === 0) return false;
      await manager.query(
        `DELETE FROM device_config.auth_sessions WHERE id IN
           (SELECT id FROM device_config.auth_sessions WHERE tenant = $1 AND actor = $2 ORDER BY last_used_at DESC, id OFFSET $3)`,
        [tenant, actor, most - 1],
      );
      await manager.query(
        `INSERT INTO device_config.auth_sessions (id, tenant, hash, actor, name, issuer, subject, claims, address, created_at, last_used_at, ends_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
        [
          ...[id, tenant, hash, actor, name, person.issuer, person.subject],
          ...[person.claims === null ? null : JSON.stringify(person.claims), address, createdAt, lastUsedAt, endsAt],
        ],
      );
      return true;
    });
  }

  findByHash(hashes: readonly Buffer[]): Promise<StoredSession | null> {
    return this.one('hash = ANY ($1::bytea[])', [hashes]);
  }

  find(id: string): Promise<StoredSession | null> {
    return this.one('id = $1', [id]);
  }

  /** A later use that another process wrote stays. */
  async used(id: string, at: Date): Promise<void> {
    await this.database.query(`UPDATE device_config.auth_sessions SET last_used_at = greatest(last_used_at, $2) WHERE id = $1`, [id, at]);
  }

  async remove(tenant: string, id: string): Promise<boolean> {
    const [, removed]: [unknown, number] = await this.database.query(
      `DELETE FROM device_config.auth_sessions WHERE tenant = $1 AND id = $2`,
      [tenant, id],
    );
    return removed > 0;
  }

  /** Those that count at `now`, where a session unused since `idleSince` does not. */
  list(tenant: string, now: Date, idleSince: Date): ListSource<ListedSession, SessionFilters, SessionSort> {
    return filteredBy(this.listed.of(tenant), { live: [now, idleSince] as const });
  }

  private async one(where: string, values: unknown[]): Promise<StoredSession | null> {
    const [row]: Row[] = await this.database.query(`SELECT ${COLUMNS} FROM device_config.auth_sessions WHERE ${where}`, values);
    return row === undefined ? null : toStored(row);
  }
}

function toStored({ issuer, subject, claims, ...listed }: Row): StoredSession {
  const person = issuer !== null && subject !== null;
  return { ...listed, holder: person ? { kind: 'person', issuer, subject, claims: claims ?? {} } : { kind: 'administrator' } };
}

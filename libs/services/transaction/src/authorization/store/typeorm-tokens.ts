import type { StationRef } from '@voltbus/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import {
  REMOTE_START_MS,
  tokenIdentity,
  type Token,
  type TokenKnowledge,
  type TokenPolicy,
  type TokenStatus,
} from '../domain/authorization';
import type { Limit } from '../../limits';
import type { OtherSession } from '../domain/held-evse';
import { allowedEvses, type Place } from '../domain/places';
import { numbered } from './typeorm-token-revisions';
import { prepared, type Statement } from '../../store/typeorm-prepared';
import { rememberGroup } from './typeorm-token-groups';

const KNOWLEDGE: Statement = {
  name: 'token-knowledge',
  text: `
SELECT t.id_token, t.type, t.status, t.group_id, t.expires_at, t.concurrent, t.allowed_at, t.session_limit, t.credit, p.unknown_tokens, p.master_pass_group,
  (SELECT g.station_group FROM transactions.station_groups g WHERE g.tenant = $1 AND g.station = $3 ORDER BY g.since DESC LIMIT 1) AS station_group,
  EXISTS (SELECT 1 FROM transactions.remote_starts r WHERE r.tenant = $1 AND r.station = $3 AND r.token = $2 AND r.asked_at > $4) AS remotely_started
FROM (VALUES (1)) AS one
LEFT JOIN transactions.tokens t ON t.tenant = $1 AND t.token = $2
LEFT JOIN transactions.tenants p ON p.tenant = $1`,
};

/** C01.FR.24: open sessions of other tokens at a station, with what may end them. */
const OTHER_SESSIONS = `
SELECT k.status, k.expires_at, k.group_id, p.master_pass_group,
  EXISTS (SELECT 1 FROM transactions.transactions o WHERE o.tenant = $1 AND o.station = $2 AND o.evse <> t.evse) AS several_evses
FROM transactions.transactions t
JOIN transactions.tokens k ON k.tenant = t.tenant AND k.token = t.token
LEFT JOIN transactions.tenants p ON p.tenant = t.tenant
WHERE t.tenant = $1 AND t.station = $2 AND t.ended_at IS NULL AND t.token <> $3`;

/** Stations of 2.x keep a token under its type: what was kept under another is taken back. */
const RETYPED = `
INSERT INTO transactions.removed_tokens (tenant, token, type, id_token, revision)
SELECT tenant, token, type, id_token, $4::integer FROM transactions.tokens WHERE tenant = $1 AND token = $2 AND type <> $3
ON CONFLICT (tenant, token, type) DO UPDATE SET id_token = excluded.id_token, revision = excluded.revision, removed_at = now() RETURNING 1`;
const PUT = `
INSERT INTO transactions.tokens AS t (tenant, token, id_token, type, status, group_id, expires_at, concurrent, revision, allowed_at, session_limit, credit)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (tenant, token) DO UPDATE SET id_token = excluded.id_token, type = excluded.type, status = excluded.status,
  group_id = excluded.group_id, expires_at = excluded.expires_at, concurrent = excluded.concurrent, allowed_at = excluded.allowed_at,
  session_limit = excluded.session_limit, credit = excluded.credit,
  revision = CASE WHEN (t.id_token, t.type, t.status, t.group_id, t.expires_at, t.allowed_at, t.credit IS NULL)
    IS DISTINCT FROM (excluded.id_token, excluded.type, excluded.status, excluded.group_id, excluded.expires_at, excluded.allowed_at, excluded.credit IS NULL)
    THEN excluded.revision ELSE t.revision END
RETURNING revision`;
const REMOVE = `
WITH gone AS (DELETE FROM transactions.tokens WHERE tenant = $1 AND token = $2 RETURNING tenant, token, type, id_token)
INSERT INTO transactions.removed_tokens (tenant, token, type, id_token, revision) SELECT gone.*, $3::integer FROM gone
ON CONFLICT (tenant, token, type) DO UPDATE SET id_token = excluded.id_token, revision = excluded.revision, removed_at = now() RETURNING 1`;

interface TokenRow {
  id_token: string;
  type: string;
  status: TokenStatus;
  group_id: string | null;
  expires_at: Date | null;
  concurrent: boolean;
  allowed_at: Place[];
  session_limit: Limit | null;
  credit: string | null;
}

/** Tokens, what the tenant wants done with unknown ones, and the remote starts that vouch for one. */
export class TypeormTokens {
  constructor(private readonly dataSource: DataSource) {}

  /** Everything needed to judge a token at a station, in one round trip. */
  async knowledge(ref: StationRef, idToken: string, now: Date, manager?: EntityManager): Promise<TokenKnowledge> {
    const values = [ref.tenant, tokenIdentity(idToken), ref.station, new Date(now.getTime() - REMOTE_START_MS)];
    const [row] = manager
      ? await prepared<Partial<TokenRow> & Known>(manager, KNOWLEDGE, values)
      : ((await this.dataSource.query(KNOWLEDGE.text, values)) as (Partial<TokenRow> & Known)[]); // the columns selected above
    if (row === undefined) throw new Error('a select from one row gave none');
    const token = isToken(row) ? toToken(row) : null;
    return {
      token,
      evses: allowedEvses(token?.allowedAt ?? [], { station: ref.station, group: row.station_group }),
      unknownTokens: row.unknown_tokens ?? 'refuse',
      masterPassGroup: row.master_pass_group,
      remotelyStarted: row.remotely_started,
    };
  }

  async find(tenant: string, idToken: string): Promise<Token | null> {
    const rows: TokenRow[] = await this.dataSource.query('SELECT * FROM transactions.tokens WHERE tenant = $1 AND token = $2', [
      tenant,
      tokenIdentity(idToken),
    ]);
    return rows[0] === undefined ? null : toToken(rows[0]);
  }

  /** In order of identity; `after` is the identity the page before ended with. */
  async page(tenant: string, { limit, after }: { limit: number; after: string | null }): Promise<Token[]> {
    const rows: TokenRow[] = await this.dataSource.query(
      'SELECT * FROM transactions.tokens WHERE tenant = $1 AND token > $2 ORDER BY token LIMIT $3',
      [tenant, after ?? '', limit],
    );
    return rows.map(toToken);
  }

  /** What changes nothing that a station may keep (the same once more, `concurrent`) makes no new revision of it. */
  async put(tenant: string, token: Token): Promise<void> {
    const identity = tokenIdentity(token.idToken);
    await numbered(this.dataSource, tenant, async (manager, next) => {
      const removed = await manager.query<unknown[]>(RETYPED, [tenant, identity, token.type, next]);
      const revision = next + removed.length;
      const { idToken, type, status, groupId, expiresAt, concurrent, allowedAt = [], limit = null, prepaid = null } = token;
      const plain = [tenant, identity, idToken, type, status, groupId, expiresAt, concurrent, revision, JSON.stringify(allowedAt)];
      const values = [...plain, limit === null ? null : JSON.stringify(limit), prepaid?.credit ?? null];
      const [row] = await manager.query<{ revision: number }[]>(PUT, values);
      await rememberGroup(manager, tenant, idToken, groupId);
      return row?.revision === revision ? revision : next - 1;
    });
  }

  /** False when there was none. */
  async remove(tenant: string, idToken: string): Promise<boolean> {
    let found = false;
    await numbered(this.dataSource, tenant, async (manager, next) => {
      const removed = await manager.query<unknown[]>(REMOVE, [tenant, tokenIdentity(idToken), next]);
      found = removed.length > 0;
      if (found) await rememberGroup(manager, tenant, idToken, null);
      return found ? next : next - 1;
    });
    return found;
  }

  /** Open sessions of other tokens at the station, for `isHeldByAnother` to judge. */
  async otherSessions({ tenant, station }: StationRef, idToken: string): Promise<OtherSession[]> {
    const rows: OtherSessionRow[] = await this.dataSource.query(OTHER_SESSIONS, [tenant, station, tokenIdentity(idToken)]);
    return rows.map(({ status, expires_at, group_id, master_pass_group, several_evses }) => ({
      tokenStatus: status,
      tokenExpiresAt: expires_at?.getTime() ?? null,
      tokenGroup: group_id,
      masterPassGroup: master_pass_group,
      severalEvses: several_evses,
    }));
  }

  /** Stations at which anybody has charged since then, or the one token has. */
  async stationsSeen(tenant: string, idToken: string | null, since: Date, limit: number): Promise<string[]> {
    const rows: { station: string }[] = await this.dataSource.query(
      `SELECT DISTINCT station FROM transactions.transactions
       WHERE tenant = $1 AND ($2::text IS NULL OR token = $2) AND started_at > $3 ORDER BY station LIMIT $4`,
      [tenant, idToken === null ? null : tokenIdentity(idToken), since, limit],
    );
    return rows.map(({ station }) => station);
  }

  async rememberTenant(tenant: string, { unknownTokens, masterPassGroup }: TokenPolicy): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO transactions.tenants (tenant, unknown_tokens, master_pass_group) VALUES ($1, $2, $3)
       ON CONFLICT (tenant) DO UPDATE SET unknown_tokens = excluded.unknown_tokens, master_pass_group = excluded.master_pass_group`,
      [tenant, unknownTokens, masterPassGroup],
    );
  }

  async forgetTenant(tenant: string): Promise<void> {
    await this.dataSource.query('DELETE FROM transactions.tenants WHERE tenant = $1', [tenant]);
  }
}

interface OtherSessionRow {
  status: TokenStatus;
  expires_at: Date | null;
  group_id: string | null;
  master_pass_group: string | null;
  several_evses: boolean;
}

interface Known {
  unknown_tokens: 'refuse' | 'accept' | null;
  master_pass_group: string | null;
  remotely_started: boolean;
  station_group: string | null;
}

function isToken(row: Partial<TokenRow>): row is TokenRow {
  return row.id_token !== null && row.id_token !== undefined;
}

function toToken({
  id_token,
  type,
  status,
  group_id,
  expires_at,
  concurrent,
  allowed_at: allowedAt,
  session_limit,
  credit,
}: TokenRow): Token {
  const plain = { idToken: id_token, type, status, groupId: group_id, expiresAt: expires_at?.toISOString() ?? null, concurrent, allowedAt };
  return { ...plain, limit: session_limit, prepaid: credit === null ? null : { credit } };
}

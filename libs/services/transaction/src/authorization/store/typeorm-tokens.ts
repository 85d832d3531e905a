import { CsmsError, MOST_USERS_NAMED, type StationRef } from '@voltbus/contracts';
import { TypeormList, prepared, preparedAlone, shownAs, type ListSource, type Statement } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import {
  REMOTE_START_MS,
  tokenIdentity,
  type Token,
  type TokenKnowledge,
  type TokenPolicy,
  type TokenStatus,
} from '../domain/authorization';
import type { OtherSession } from '../domain/held-evse';
import { sameListEntry } from '../domain/listed-token';
import { allowedEvses } from '../domain/places';
import { RemovedTokenEntity } from './removed-token.entity';
import { TokenPolicyEntity } from './token-policy.entity';
import { TokenEntity } from './token.entity';
import { TOKEN_LIST, type TokenFilters, type TokenSort } from './typeorm-token-list';
import { lockRevision, numbered } from './typeorm-token-revisions';
import { endGroups, rememberGroup } from './typeorm-token-groups';

const KNOWLEDGE: Statement = {
  name: 'token-knowledge',
  merge: ['text', 'text', 'text', 'timestamptz'],
  text: `
SELECT t.id_token AS "idToken", t.type, t.status, t.group_id AS "groupId", t.expires_at AS "expiresAt", t.concurrent,
  t.allowed_at AS "allowedAt", t.session_limit AS "limit", t.credit, p.unknown_tokens, p.master_pass_group,
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

/** Tokens, what the tenant wants done with unknown ones, and the remote starts that vouch for one. */
export class TypeormTokens {
  private readonly listed: TypeormList<StoredToken, TokenFilters, TokenSort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, TOKEN_LIST);
  }

  /** Everything needed to judge a token at a station, in one round trip. */
  async knowledge(ref: StationRef, idToken: string, now: Date, manager?: EntityManager): Promise<TokenKnowledge> {
    const values = [ref.tenant, tokenIdentity(idToken), ref.station, new Date(now.getTime() - REMOTE_START_MS)];
    const [row] = manager
      ? await prepared<Partial<StoredToken> & Known>(manager, KNOWLEDGE, values)
      : await preparedAlone<Partial<StoredToken> & Known>(this.dataSource, KNOWLEDGE, values);
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
    const found = await this.dataSource.getRepository(TokenEntity).findOneBy({ tenant, token: tokenIdentity(idToken) });
    return found === null ? null : toToken(found);
  }

  /** The tokens of a tenant. */
  list(tenant: string): ListSource<Token, TokenFilters, TokenSort> {
    return shownAs(this.listed.of(tenant), (rows) => rows.map(toToken));
  }

  /**
   * Stores what `decide` makes of the token while no other token of the tenant changes. What changes nothing that a station may keep (the same once more,
   * `concurrent`) makes no new revision of it.
   */
  async change(tenant: string, idToken: string, decide: (before: Token | null) => Promise<Token>): Promise<Token> {
    const key = { tenant, token: tokenIdentity(idToken) };
    return numbered(this.dataSource, tenant, async (manager, next) => {
      const before = await manager.findOneBy(TokenEntity, key);
      if (before === null) await refuseErased(manager, key);
      const token = toStored(await decide(before === null ? null : toToken(before)));
      const retyped = before !== null && before.type !== token.type;
      if (retyped) await rememberRemoved(manager, before, next);
      const changed = before === null || !sameListEntry(before, token);
      const revision = retyped ? next + 1 : next;
      await manager.upsert(TokenEntity, { ...key, ...token, revision: changed ? revision : before.revision }, ['tenant', 'token']);
      await rememberGroup(manager, tenant, idToken, token.groupId);
      return { last: changed ? revision : next - 1, value: toToken(token) };
    });
  }

  /** Stores the token whatever it was before. */
  async put(tenant: string, token: Token): Promise<void> {
    await this.change(tenant, token.idToken, () => Promise.resolve(token));
  }

  /** `mayRemove` is called while no token of the tenant changes. */
  async remove(tenant: string, idToken: string, mayRemove: (before: Token | null) => void = () => undefined): Promise<void> {
    await numbered(this.dataSource, tenant, async (manager, next) => {
      const token = await manager.findOneBy(TokenEntity, { tenant, token: tokenIdentity(idToken) });
      mayRemove(token === null ? null : toToken(token));
      if (token === null) return { last: next - 1, value: undefined };
      await manager.delete(TokenEntity, { tenant, token: token.token });
      await rememberRemoved(manager, token, next);
      await rememberGroup(manager, tenant, idToken, null);
      return { last: next, value: undefined };
    });
  }

  /** `StationUses`: tokens that may charge at the station by its name. */
  async usersOf({ tenant, station }: StationRef): Promise<string[]> {
    const rows: { token: string }[] = await this.dataSource.query(
      `SELECT id_token AS token FROM transactions.tokens WHERE tenant = $1 AND allowed_at <> '[]' AND allowed_at @> $2::jsonb ORDER BY token LIMIT ${MOST_USERS_NAMED}`,
      [tenant, JSON.stringify([{ station }])],
    );
    return rows.map(({ token }) => `token ${token}`);
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
    await this.dataSource.getRepository(TokenPolicyEntity).upsert({ tenant, unknownTokens, masterPassGroup }, ['tenant']);
  }

  /**
   * Removes what belongs to a deleted tenant, while none of its tokens changes. The groups of its tokens stay known, as of other removed tokens: a late session
   * is priced by them.
   */
  async forgetTenant(tenant: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await lockRevision(manager, tenant);
      await endGroups(manager, tenant);
      for (const table of ['tokens', 'removed_tokens', 'token_revisions', 'tenants'])
        await manager.query(`DELETE FROM transactions.${table} WHERE tenant = $1`, [tenant]);
    });
  }
}

/** What comes of an erased token is removed, so a new one of its id would be as well. */
async function refuseErased(manager: EntityManager, { tenant, token }: { tenant: string; token: string }): Promise<void> {
  const rows: unknown[] = await manager.query('SELECT 1 FROM transactions.token_erasures WHERE tenant = $1 AND upper(id_token) = $2', [
    tenant,
    token,
  ]);
  if (rows.length > 0) throw new CsmsError('conflict', 'a token of that id was erased not long ago: give its holder another one');
}

/** Local lists take the token out, under the type that it had. */
async function rememberRemoved(manager: EntityManager, removed: TokenEntity, revision: number): Promise<void> {
  const { tenant, token, type, idToken } = removed;
  const row = { tenant, token, type, idToken, revision, removedAt: () => 'now()' };
  await manager.upsert(RemovedTokenEntity, row, ['tenant', 'token', 'type']);
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

type StoredToken = Omit<TokenEntity, 'tenant' | 'token' | 'revision'>;

function isToken(row: Partial<StoredToken>): row is StoredToken {
  return row.idToken !== null && row.idToken !== undefined;
}

function toToken({ idToken, type, status, groupId, expiresAt, concurrent, allowedAt, limit, credit }: StoredToken): Token {
  const plain = { idToken, type, status, groupId, expiresAt: expiresAt?.toISOString() ?? null, concurrent, allowedAt };
  return { ...plain, limit, prepaid: credit === null ? null : { credit } };
}

function toStored({ expiresAt, allowedAt = [], limit = null, prepaid = null, ...plain }: Token): StoredToken {
  const { idToken, type, status, groupId, concurrent } = plain;
  const expires = expiresAt === null ? null : new Date(expiresAt);
  return { ...{ idToken, type, status, groupId, concurrent, allowedAt, limit }, expiresAt: expires, credit: prepaid?.credit ?? null };
}

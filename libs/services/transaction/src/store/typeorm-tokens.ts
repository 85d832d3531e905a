import type { StationRef } from '@voltbus/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { tokenIdentity, type Token, type TokenKnowledge, type TokenPolicy, type TokenStatus } from '../domain/authorization';
import { prepared, type Statement } from './typeorm-prepared';

const KNOWLEDGE: Statement = {
  name: 'token-knowledge',
  text: `
SELECT t.id_token, t.type, t.status, t.group_id, t.expires_at, t.concurrent, p.unknown_tokens, p.master_pass_group,
  EXISTS (SELECT 1 FROM transactions.remote_starts r WHERE r.tenant = $1 AND r.station = $3 AND r.token = $2 AND r.asked_at > $4) AS remotely_started
FROM (VALUES (1)) AS one
LEFT JOIN transactions.tokens t ON t.tenant = $1 AND t.token = $2
LEFT JOIN transactions.tenants p ON p.tenant = $1`,
};

const LOCK_TOKEN: Statement = {
  name: 'token-lock',
  text: 'SELECT 1 FROM transactions.tokens WHERE tenant = $1 AND token = $2 FOR UPDATE',
};
const ELSEWHERE: Statement = {
  name: 'token-elsewhere',
  text: `
SELECT EXISTS (SELECT 1 FROM transactions.transactions WHERE tenant = $1 AND token = $2 AND ended_at IS NULL AND id <> $3
  AND (station <> $4 OR evse IS DISTINCT FROM $5)) AS elsewhere`,
};

/** A remote start vouches for its token this long: a driver may take time to plug in. */
export const REMOTE_START_MS = 3_600_000;

interface TokenRow {
  id_token: string;
  type: string;
  status: TokenStatus;
  group_id: string | null;
  expires_at: Date | null;
  concurrent: boolean;
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
    return {
      token: isToken(row) ? toToken(row) : null,
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

  async put(tenant: string, token: Token): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO transactions.tokens (tenant, token, id_token, type, status, group_id, expires_at, concurrent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (tenant, token) DO UPDATE SET id_token = excluded.id_token, type = excluded.type, status = excluded.status,
         group_id = excluded.group_id, expires_at = excluded.expires_at, concurrent = excluded.concurrent`,
      [tenant, tokenIdentity(token.idToken), token.idToken, token.type, token.status, token.groupId, token.expiresAt, token.concurrent],
    );
  }

  /** False when there was none. */
  async remove(tenant: string, idToken: string): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      'WITH gone AS (DELETE FROM transactions.tokens WHERE tenant = $1 AND token = $2 RETURNING 1) SELECT 1 FROM gone',
      [tenant, tokenIdentity(idToken)],
    );
    return rows.length > 0;
  }

  /**
   * Whether the token has an open session at another station or EVSE: a session that was never stopped must not lock its driver out of the same
   * connector (quirk 30). The token stays locked until the transaction ends, so that of two sessions that begin at once one finds the other.
   */
  async chargesElsewhere(
    manager: EntityManager,
    { tenant, station }: StationRef,
    { idToken, evse, transaction }: { idToken: string; evse: number | null; transaction: string },
  ): Promise<boolean> {
    const token = tokenIdentity(idToken);
    await prepared(manager, LOCK_TOKEN, [tenant, token]);
    const [row] = await prepared<{ elsewhere: boolean }>(manager, ELSEWHERE, [tenant, token, transaction, station, evse]);
    return row?.elsewhere ?? false;
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

interface Known {
  unknown_tokens: 'refuse' | 'accept' | null;
  master_pass_group: string | null;
  remotely_started: boolean;
}

function isToken(row: Partial<TokenRow>): row is TokenRow {
  return row.id_token !== null && row.id_token !== undefined;
}

function toToken({ id_token, type, status, group_id, expires_at, concurrent }: TokenRow): Token {
  return { idToken: id_token, type, status, groupId: group_id, expiresAt: expires_at?.toISOString() ?? null, concurrent };
}

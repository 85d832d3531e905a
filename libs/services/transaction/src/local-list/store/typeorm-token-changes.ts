import type { StationRef } from '@voltbus/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { QUIET_MS, type TokenStatus } from '../../authorization';
import type { Changes } from '../domain/local-list';
import type { Change } from '../send-local-list';

/** However many change, what has changed is sent after this. */
export const LONGEST_WAIT_MS = 30_000;
/** Removals are remembered this long; a station that has not received them by then gets a Full. */
export const KEEP_REMOVED_MS = 90 * 86_400_000;

/** Part of a tenant's changes: after `base`, up to and with `upTo`, at most `limit`. */
export interface Part {
  base: number;
  upTo: number;
  /** Removals up to here are left out; null: all are, the list is made from nothing. */
  cleared: number | null;
  limit: number;
  /** Whether a token of another type is another token: not on 1.6. */
  typed: boolean;
}

interface Row {
  id_token: string;
  type: string;
  status: TokenStatus;
  group_id: string | null;
  expires_at: Date | null;
  revision: number;
  removed: boolean;
}

/**
 * A token that may not charge everywhere is in no list: it is asked about where it is presented (C01.FR.18 to 22); nor
 * is one in the list of a station that was told to forget its driver (N10.FR.02), until it changes.
 */
const LISTED = `(t.allowed_at = '[]' AND t.credit IS NULL AND NOT EXISTS (SELECT 1 FROM transactions.erased_entries e
  WHERE e.tenant = t.tenant AND e.station = $2 AND e.token = t.token AND e.revision > t.revision))`;

/**
 * What changed in the list of a station, each token once. Without types, a token that got another type was not removed,
 * and was removed but once.
 */
const PART = `
SELECT id_token, type, status, group_id, expires_at, revision, NOT ${LISTED} AS removed FROM transactions.tokens t
WHERE tenant = $1 AND revision > $3 AND revision <= $4 AND revision > 0 AND (${LISTED} OR revision > $5::integer)
UNION ALL
SELECT id_token, type, 'Invalid', NULL, NULL, revision, true FROM transactions.removed_tokens r
WHERE tenant = $1 AND revision > greatest($3::integer, $5::integer) AND revision <= $4 AND $5::integer IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM transactions.tokens t WHERE t.tenant = r.tenant AND t.token = r.token AND (t.type = r.type OR $6))
  AND NOT ($6 AND EXISTS (SELECT 1 FROM transactions.removed_tokens n WHERE n.tenant = r.tenant AND n.token = r.token AND n.revision > r.revision))
UNION ALL
SELECT e.id_token, e.type, 'Invalid', NULL, NULL, e.revision, true FROM transactions.erased_entries e
JOIN transactions.tokens t ON t.tenant = e.tenant AND t.token = e.token AND t.revision < e.revision AND t.revision <= $3
WHERE e.tenant = $1 AND e.station = $2 AND e.revision > greatest($3::integer, $5::integer) AND e.revision <= $4 AND $5::integer IS NOT NULL
ORDER BY revision LIMIT $7`;

/**
 * A tenant's tokens by their changes, as the list of one station has them, inside the transaction of the manager or
 * beside all.
 */
export class TypeormTokenChanges {
  constructor(
    private readonly manager: EntityManager,
    private readonly ref: StationRef,
  ) {}

  /** How they stand. */
  async changes(now: Date): Promise<Changes> {
    const [row] = await this.manager.query<Changes[]>(
      'SELECT revision, forgotten, changed_at < $2 OR stirred_at < $3 AS quiet FROM transactions.token_revisions WHERE tenant = $1',
      [this.ref.tenant, new Date(now.getTime() - QUIET_MS), new Date(now.getTime() - LONGEST_WAIT_MS)],
    );
    return row ?? { revision: 1, forgotten: 0, quiet: true };
  }

  /** Those of the list, counted no further than one beyond the limit. */
  async count(limit: number): Promise<number> {
    const [row] = await this.manager.query<{ count: number }[]>(
      `SELECT count(*)::integer AS count FROM (SELECT 1 FROM transactions.tokens t WHERE tenant = $1 AND ${LISTED} LIMIT $3) AS counted`,
      [this.ref.tenant, this.ref.station, limit + 1],
    );
    return row?.count ?? 0;
  }

  /** The last number of the part: `upTo`, unless there is more than its limit. */
  async endOf(part: Part): Promise<number> {
    const rows = await this.rows({ ...part, limit: part.limit + 1 });
    return rows.length > part.limit ? (rows[part.limit - 1]?.revision ?? part.upTo) : part.upTo;
  }

  /**
   * By number: each token as it is now, once (D01.FR.06). One that changed again after `upTo` comes with the part that
   * has that number.
   */
  async in(part: Part): Promise<Change[]> {
    const rows = await this.rows(part);
    return rows.map(({ id_token: idToken, type, status, group_id: groupId, expires_at, removed }) => ({
      token: { idToken, type, status, groupId, expiresAt: expires_at?.toISOString() ?? null, concurrent: false },
      removed,
    }));
  }

  private rows({ base, upTo, cleared, limit, typed }: Part): Promise<Row[]> {
    const { tenant, station } = this.ref;
    return this.manager.query<Row[]>(PART, [tenant, station, base, upTo, cleared, !typed, limit]);
  }
}

/** Forgets old removals; lists older than them are sent whole. */
export async function forgetRemoved(dataSource: DataSource, before: Date, limit: number): Promise<void> {
  await dataSource.query(
    `WITH old AS (SELECT tenant, token, type FROM transactions.removed_tokens WHERE removed_at < $1 ORDER BY removed_at LIMIT $2),
       gone AS (DELETE FROM transactions.removed_tokens r USING old
         WHERE (r.tenant, r.token, r.type) = (old.tenant, old.token, old.type) RETURNING r.tenant, r.revision)
     UPDATE transactions.token_revisions t SET forgotten = greatest(t.forgotten, newest.revision)
     FROM (SELECT tenant, max(revision) AS revision FROM gone GROUP BY tenant) AS newest WHERE t.tenant = newest.tenant`,
    [before, limit],
  );
}

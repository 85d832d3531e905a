import { KEPT_HOURS, MAX_KEYS_OF_TENANT, type IdempotencyStore, type KeyClaim, type KeyUse } from '@voltbus/http';
import type { DataSource } from 'typeorm';

/** Attempts to claim a key: between two of them another request may have freed it. */
const MAX_ATTEMPTS = 3;
const HOUR_SECONDS = 3_600;

interface KeptRow {
  fingerprint: string;
  answer: Buffer | null;
  ageSeconds: number;
}

/** Idempotency keys in Postgres. Ages are by the clock of the database, which all processes share. */
export class TypeormIdempotencyStore implements IdempotencyStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly maxKeysOfTenant = MAX_KEYS_OF_TENANT,
  ) {}

  async claim(use: KeyUse): Promise<KeyClaim> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const claim = await this.insert(use);
      if (claim !== null) return { kind: 'claimed', claim };
      const kept = await this.row(use);
      if (kept !== null) return { kind: 'taken', ...kept };
    }
    return { kind: 'full' };
  }

  async find(use: KeyUse): Promise<Extract<KeyClaim, { kind: 'taken' }> | null> {
    const kept = await this.row(use);
    return kept === null || kept.ageSeconds >= KEPT_HOURS * HOUR_SECONDS ? null : { kind: 'taken', ...kept };
  }

  async complete({ tenant, caller, key }: KeyUse, claim: string, answer: Buffer): Promise<void> {
    await this.dataSource.query(
      'UPDATE device_config.idempotency_keys SET answer = $5 WHERE tenant = $1 AND caller = $2 AND key = $3 AND claim = $4',
      [tenant, caller, key, claim, answer],
    );
  }

  async release({ tenant, caller, key }: KeyUse, claim: string): Promise<void> {
    await this.dataSource.query(
      'DELETE FROM device_config.idempotency_keys WHERE tenant = $1 AND caller = $2 AND key = $3 AND claim = $4',
      [...[tenant, caller, key, claim]],
    );
  }

  /** Null: the key is taken, or the tenant has as many as it may have. A key that is older than it is kept counts as none. */
  private async insert({ tenant, caller, key, fingerprint }: KeyUse): Promise<string | null> {
    const rows = await this.dataSource.query<{ claim: string }[]>(
      `INSERT INTO device_config.idempotency_keys AS kept (tenant, caller, key, fingerprint)
       SELECT $1, $2, $3, $4
       WHERE (SELECT count(*) FROM (SELECT FROM device_config.idempotency_keys WHERE tenant = $1 LIMIT $5) AS all_keys) < $5
       ON CONFLICT (tenant, caller, key) DO UPDATE
         SET fingerprint = EXCLUDED.fingerprint, claim = EXCLUDED.claim, claimed_at = EXCLUDED.claimed_at, answer = NULL
         WHERE kept.claimed_at < now() - make_interval(hours => $6)
       RETURNING claim`,
      [tenant, caller, key, fingerprint, this.maxKeysOfTenant, KEPT_HOURS],
    );
    return rows[0]?.claim ?? null;
  }

  private async row({ tenant, caller, key }: KeyUse): Promise<KeptRow | null> {
    const rows = await this.dataSource.query<KeptRow[]>(
      `SELECT fingerprint, answer, extract(epoch FROM now() - claimed_at)::float AS "ageSeconds"
       FROM device_config.idempotency_keys
       WHERE tenant = $1 AND caller = $2 AND key = $3`,
      [tenant, caller, key],
    );
    return rows[0] ?? null;
  }
}

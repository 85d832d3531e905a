import { tryLocks } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { beginningOf, type ChainHead } from '../domain/audit-chain';
import type { AuditEntry, ChainPlace, PlacedEntry } from '../domain/audit-entry';
import { ENTRY_COLUMNS, PLACE_COLUMNS, entryOf, type AuditRow } from './audit-row';

/** An entry without an outcome is sealed without one after this: no request lasts so long, so its process has died. */
const ABANDONED_MINUTES = 60;
/** Tenants that one look finds. */
const TENANTS_AT_ONCE = 100;

interface PlacedRow extends AuditRow {
  position: string;
  previousHash: string;
  hash: string;
}

interface StoredHead extends ChainHead {
  sealedAt: Date;
}

/** The chains of the tenants in Postgres. */
export class TypeormAuditChain {
  constructor(private readonly dataSource: DataSource) {}

  /** Some of the tenants that have entries without a place. */
  async waiting(): Promise<string[]> {
    const rows: { tenant: string }[] = await this.dataSource.query(
      `SELECT DISTINCT tenant FROM device_config.audit_log WHERE ${TO_SEAL} LIMIT ${TENANTS_AT_ONCE}`,
    );
    return rows.map(({ tenant }) => tenant);
  }

  /**
   * Gives the next entries of a tenant their places, in the order of their ids; returns how many. One process at a time is at a chain; another is told 0. A
   * change that began after another was recorded has the larger id, and is never seen without it: it follows it in the chain.
   */
  seal(tenant: string, most: number, place: (head: ChainHead, entries: readonly AuditEntry[]) => readonly ChainPlace[]): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      const [isMine] = await tryLocks(manager, [`audit chain ${tenant}`]);
      if (isMine !== true) return 0;
      const head = await headIn(manager, tenant);
      const rows: AuditRow[] = await manager.query(
        `SELECT ${ENTRY_COLUMNS} FROM device_config.audit_log WHERE tenant = $1 AND ${TO_SEAL} ORDER BY audit_log.id LIMIT $2 FOR UPDATE`,
        [tenant, most],
      );
      const places = place(head ?? beginningOf(tenant), rows.map(entryOf));
      if (places.length > 0) await write(manager, tenant, { rows, places });
      return places.length;
    });
  }

  /** Where the chain of a tenant stands, and since when; null: it has none. */
  head(tenant: string): Promise<StoredHead | null> {
    return headIn(this.dataSource.manager, tenant);
  }

  /** Every tenant that has a chain. */
  async tenants(): Promise<string[]> {
    const rows: { tenant: string }[] = await this.dataSource.query('SELECT tenant FROM device_config.audit_chains ORDER BY tenant');
    return rows.map(({ tenant }) => tenant);
  }

  /** The next entries in the chain of a tenant after a position, in order. */
  async after(tenant: string, position: number, most: number): Promise<PlacedEntry[]> {
    const rows: PlacedRow[] = await this.dataSource.query(
      `SELECT ${ENTRY_COLUMNS}, ${PLACE_COLUMNS} FROM device_config.audit_log
       WHERE tenant = $1 AND position > $2 ORDER BY audit_log.position LIMIT $3`,
      [tenant, position, most],
    );
    return rows.map((row) => ({
      ...entryOf(row),
      position: Number(row.position),
      previousHash: row.previousHash,
      hash: row.hash,
    }));
  }
}

const TO_SEAL = `position IS NULL AND (status IS NOT NULL OR at < now() - interval '${ABANDONED_MINUTES} minutes')`;

async function headIn(manager: EntityManager, tenant: string): Promise<StoredHead | null> {
  const [row]: { position: string; hash: string; sealedAt: Date }[] = await manager.query(
    `SELECT position::text, encode(hash, 'hex') AS hash, sealed_at AS "sealedAt" FROM device_config.audit_chains WHERE tenant = $1`,
    [tenant],
  );
  return row === undefined ? null : { ...row, position: Number(row.position) };
}

async function write(
  manager: EntityManager,
  tenant: string,
  { rows, places }: { rows: readonly AuditRow[]; places: readonly ChainPlace[] },
): Promise<void> {
  const last = places.at(-1);
  // a clock that was set back, or another process's, does not turn the order of `sealed_at` around
  const [{ base } = { base: '' }]: { base: string }[] = await manager.query(
    `SELECT greatest(clock_timestamp(), (SELECT sealed_at FROM device_config.audit_chains WHERE tenant = $1))::text AS base`,
    [tenant],
  );
  await manager.query(
    `UPDATE device_config.audit_log SET position = placed.position, previous_hash = decode(placed.previous, 'hex'), hash = decode(placed.hash, 'hex'),
       sealed_at = $6::timestamptz + placed.nth * interval '1 microsecond'
     FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[]) WITH ORDINALITY AS placed (id, position, previous, hash, nth)
     WHERE audit_log.tenant = $1 AND audit_log.id = placed.id`,
    [
      tenant,
      rows.map(({ id }) => id),
      places.map(({ position }) => position),
      places.map(({ previousHash }) => previousHash),
      places.map(({ hash }) => hash),
      base,
    ],
  );
  await manager.query(
    `INSERT INTO device_config.audit_chains (tenant, position, hash, sealed_at)
     VALUES ($1, $2, decode($3, 'hex'), $4::timestamptz + $5 * interval '1 microsecond')
     ON CONFLICT (tenant) DO UPDATE SET position = excluded.position, hash = excluded.hash, sealed_at = excluded.sealed_at`,
    [tenant, last?.position, last?.hash, base, places.length],
  );
}

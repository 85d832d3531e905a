import type { RevokedSerial } from '@voltbus/pki';
import type { DataSource } from 'typeorm';

/** The list of one CA as it is given out. */
interface StoredList {
  issuer: string;
  number: number;
  pem: string;
  madeAt: Date;
}

/** Revocation lists of the local CA. */
export class TypeormRevocations {
  constructor(private readonly dataSource: DataSource) {}

  async present(issuer: string): Promise<StoredList | null> {
    const rows: StoredList[] = await this.dataSource.query(
      `SELECT issuer, number::integer AS number, pem, made_at AS "madeAt" FROM device_config.revocation_lists WHERE issuer = $1`,
      [issuer],
    );
    return rows[0] ?? null;
  }

  /** Those of all CAs that were ever set, in PEM, one after the other. */
  async all(): Promise<string> {
    const rows: { pem: string }[] = await this.dataSource.query('SELECT pem FROM device_config.revocation_lists ORDER BY made_at DESC');
    return rows.map(({ pem }) => pem).join('');
  }

  async revokedSince(issuer: string, since: Date): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      'SELECT FROM device_config.revoked_serials WHERE issuer = $1 AND revoked_at > $2 LIMIT 1',
      [issuer, since],
    );
    return rows.length > 0;
  }

  /** Those that have not expired. */
  async revoked(issuer: string, now: Date): Promise<RevokedSerial[]> {
    return this.dataSource.query(
      'SELECT serial, revoked_at AS "revokedAt" FROM device_config.revoked_serials WHERE issuer = $1 AND not_after > $2 ORDER BY revoked_at',
      [issuer, now],
    );
  }

  async write({ issuer, number, pem, madeAt }: StoredList): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO device_config.revocation_lists (issuer, number, pem, made_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (issuer) DO UPDATE SET number = excluded.number, pem = excluded.pem, made_at = excluded.made_at`,
      [issuer, number, pem, madeAt],
    );
  }
}

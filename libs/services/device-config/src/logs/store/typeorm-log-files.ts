import { CsmsError, type StationRef } from '@voltbus/contracts';
import { lockNamed } from '@voltbus/database';
import { QueryFailedError, type DataSource } from 'typeorm';
import { MAX_UPLOADS_OF_REQUEST } from '../limits';

/** A log that a station has uploaded. */
export interface LogFile {
  id: string;
  request: string;
  name: string;
  sizeBytes: number;
  /** SHA-256 of its content, hexadecimal. */
  sha256: string;
  receivedAt: Date;
}

interface NewFile extends StationRef {
  id: string;
  request: string;
  at: Date;
  /** What is kept free for it. */
  reservedBytes: number;
}

const UNIQUE_VIOLATION = '23505';
const MEMBERS = `f.id, f.request, f.name, f.size_bytes::float8 AS "sizeBytes", f.sha256, f.received_at AS "receivedAt"`;

/** What is known of files that stations upload. A row is there before its file, and goes after it. */
export class TypeormLogFiles {
  constructor(private readonly dataSource: DataSource) {}

  /** Throws `conflict` where the tenant's files would be larger than `quotaBytes` together, or the request has as many uploads as it may. */
  begin({ id, tenant, station, request, at, reservedBytes }: NewFile, quotaBytes: number): Promise<void> {
    return this.dataSource.transaction(async (manager) => {
      await lockNamed(manager, `log files of ${tenant}`);
      const [row]: { bytes: number; uploads: number; whole: number }[] = await manager.query(
        `SELECT coalesce(sum(size_bytes), 0)::float8 AS bytes, count(*) FILTER (WHERE request = $2 AND received_at IS NULL)::integer AS uploads,
           count(*) FILTER (WHERE request = $2 AND received_at IS NOT NULL)::integer AS whole
         FROM device_config.log_files WHERE tenant = $1`,
        [tenant, request],
      );
      const { bytes, uploads, whole } = row ?? { bytes: 0, uploads: 0, whole: 0 };
      if (whole > 0) throw wasReceived();
      if (uploads >= MAX_UPLOADS_OF_REQUEST)
        throw new CsmsError('conflict', `${MAX_UPLOADS_OF_REQUEST} uploads to this address have not ended`);
      if (bytes + reservedBytes > quotaBytes)
        throw new CsmsError('conflict', 'the files of the tenant would be more than VOLTBUS_FILES_MB_PER_TENANT');
      await manager.query(
        'INSERT INTO device_config.log_files (id, tenant, station, request, began_at, size_bytes) VALUES ($1, $2, $3, $4, $5, $6)',
        [id, tenant, station, request, at, reservedBytes],
      );
    });
  }

  /** The file is whole. Throws `conflict` where another one of its request was first; false: its row is gone. */
  async finish({ id, name, sizeBytes, sha256, receivedAt }: Omit<LogFile, 'request'>): Promise<boolean> {
    try {
      const [, count]: [unknown, number] = await this.dataSource.query(
        'UPDATE device_config.log_files SET name = $2, size_bytes = $3, sha256 = $4, received_at = $5 WHERE id = $1',
        [id, name, sizeBytes, sha256, receivedAt],
      );
      return count > 0;
    } catch (error) {
      throw error instanceof QueryFailedError && (error as { code?: string }).code === UNIQUE_VIOLATION ? wasReceived() : error;
    }
  }

  /** The whole files of these requests. */
  of(requests: readonly string[]): Promise<LogFile[]> {
    return this.dataSource.query(
      `SELECT ${MEMBERS} FROM device_config.log_files f WHERE f.request = ANY($1::uuid[]) AND f.received_at IS NOT NULL`,
      [requests],
    );
  }

  /** Requests whose file is here, and which do not know it, because a process died in between. */
  async unnoticed(most: number): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT r.id FROM device_config.station_requests r JOIN device_config.log_files f ON f.request = r.id AND f.received_at IS NOT NULL
       WHERE r.kind = 'log' AND r.state IN ('sent', 'accepted', 'running', 'verifying', 'failed') LIMIT $1`,
      [most],
    );
    return rows.map(({ id }) => id);
  }

  /** Files that are to be removed: too old, cut by the end of their process, or of a request that is gone. `keptSince` null: none is too old. */
  async removable({ keptSince, lostBefore }: { keptSince: Date | null; lostBefore: Date }, most: number): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT f.id FROM device_config.log_files f
       WHERE f.received_at < $1 OR (f.received_at IS NULL AND f.began_at < $2)
         OR (f.received_at IS NOT NULL AND NOT EXISTS (SELECT FROM device_config.station_requests r WHERE r.id = f.request))
       LIMIT $3`,
      [keptSince, lostBefore, most],
    );
    return rows.map(({ id }) => id);
  }

  async remove(id: string): Promise<void> {
    await this.dataSource.query('DELETE FROM device_config.log_files WHERE id = $1', [id]);
  }
}

function wasReceived(): CsmsError {
  return new CsmsError('conflict', 'a file was received at this address');
}

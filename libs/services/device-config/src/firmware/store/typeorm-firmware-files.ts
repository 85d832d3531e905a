import { CsmsError } from '@voltbus/contracts';
import { lockNamed } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';

interface NewFile {
  id: string;
  tenant: string;
  image: string;
  at: Date;
  /** What is kept free for it. */
  reservedBytes: number;
}

/** SQL: a request of a station `r`, and a campaign `c`, that still have the file `f` in their copy of an image. `now`: a placeholder. */
const isOfUpdate = (
  now: string,
): string => `r.tenant = f.tenant AND r.kind IN ('firmware', 'publication') AND r.body -> 'image' -> 'file' ->> 'id' = f.id::text
  AND (r.ended_at IS NULL OR (r.state = 'failed' AND r.expires_at > ${now}))`;
const IS_OF_CAMPAIGN = `c.tenant = f.tenant AND c.ended_at IS NULL AND c.work -> 'image' -> 'file' ->> 'id' = f.id::text`;

/** What is known of files of images. A row is there before its file, and goes after it. */
export class TypeormFirmwareFiles {
  constructor(private readonly dataSource: DataSource) {}

  /** Throws `conflict` where the tenant's images would be larger than `quotaBytes` together. */
  begin({ id, tenant, image, at, reservedBytes }: NewFile, quotaBytes: number): Promise<void> {
    return this.dataSource.transaction(async (manager) => {
      await lockNamed(manager, `firmware files of ${tenant}`);
      const [row]: { bytes: number }[] = await manager.query(
        'SELECT coalesce(sum(size_bytes), 0)::float8 AS bytes FROM device_config.firmware_files WHERE tenant = $1',
        [tenant],
      );
      if ((row?.bytes ?? 0) + reservedBytes > quotaBytes)
        throw new CsmsError('conflict', 'the firmware images of the tenant would be more than VOLTBUS_FIRMWARE_MB_PER_TENANT');
      await manager.query(
        'INSERT INTO device_config.firmware_files (id, tenant, image, began_at, size_bytes) VALUES ($1, $2, $3, $4, $5)',
        [...[id, tenant, image, at, reservedBytes]],
      );
    });
  }

  /** The file is whole, and its image has it. Throws `not-found` where its row is gone. */
  async finish(manager: EntityManager, { id, sizeBytes, at }: { id: string; sizeBytes: number; at: Date }): Promise<void> {
    const [, count]: [unknown, number] = await manager.query(
      'UPDATE device_config.firmware_files SET size_bytes = $2, uploaded_at = $3 WHERE id = $1',
      [id, sizeBytes, at],
    );
    if (count === 0) throw new CsmsError('not-found', 'the upload took too long');
  }

  /** Updates, publications and campaigns that have not ended with the file, at most so many: `update <id>`, `publication <id>`, `campaign <id>`. */
  async usersOf(manager: EntityManager, id: string, at: Date, most: number): Promise<string[]> {
    const rows: { user: string }[] = await manager.query(
      `SELECT CASE r.kind WHEN 'firmware' THEN 'update ' ELSE 'publication ' END || r.id AS user FROM device_config.firmware_files f JOIN device_config.station_requests r ON ${isOfUpdate('$2')} WHERE f.id = $1
       UNION ALL
       SELECT 'campaign ' || c.id FROM device_config.firmware_files f JOIN device_config.campaigns c ON ${IS_OF_CAMPAIGN} WHERE f.id = $1 LIMIT $3`,
      [id, at, most],
    );
    return rows.map(({ user }) => user);
  }

  /** Files that are to be removed: of no image and no use any more, or cut by the end of their process. */
  async removable({ now, lostBefore }: { now: Date; lostBefore: Date }, most: number): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT f.id FROM device_config.firmware_files f
       WHERE (f.uploaded_at IS NULL AND f.began_at < $2)
         OR (f.uploaded_at IS NOT NULL
           AND NOT EXISTS (SELECT FROM device_config.firmware_images i WHERE i.tenant = f.tenant AND i.body -> 'file' ->> 'id' = f.id::text)
           AND NOT EXISTS (SELECT FROM device_config.station_requests r WHERE ${isOfUpdate('$1')})
           AND NOT EXISTS (SELECT FROM device_config.campaigns c WHERE ${IS_OF_CAMPAIGN}))
       LIMIT $3`,
      [now, lostBefore, most],
    );
    return rows.map(({ id }) => id);
  }

  async remove(id: string): Promise<void> {
    await this.dataSource.query('DELETE FROM device_config.firmware_files WHERE id = $1', [id]);
  }
}

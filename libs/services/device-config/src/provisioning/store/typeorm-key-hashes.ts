import type { KeyRehash } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';

/** Hashes of one station: of the forms of two passwords while one is replaced, each under two peppers. */
export const MAX_KEY_HASHES = 16;

/** Hashes of stations' passwords that are made anew under a later pepper. */
export class TypeormKeyHashes {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Adds the hash beside the one that proved the station, if it still has that one; the oldest go. The one before stays, so that no connection ends and
   * processes with the pepper before accept the password too.
   */
  async add({ tenant, station, before, after }: KeyRehash): Promise<void> {
    await this.dataSource.query(
      `UPDATE device_config.stations SET
         key_hashes = key_hashes[greatest(1, cardinality(key_hashes) - $5 + 2):] || $4::text,
         rotation_hashes = CASE WHEN $3 = ANY (rotation_hashes) THEN rotation_hashes || $4::text ELSE rotation_hashes END
       WHERE tenant = $1 AND station = $2 AND $3 = ANY (key_hashes) AND NOT $4 = ANY (key_hashes)`,
      [tenant, station, before, after, MAX_KEY_HASHES],
    );
  }
}

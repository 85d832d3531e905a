import { CsmsError } from '@voltbus/contracts';
import {
  TypeormList,
  amongIgnoringCase,
  beginsWithIgnoringCase,
  lockNamed,
  shownAs,
  type ListDefinition,
  type ListSource,
} from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { fileOf, type FirmwareImage } from '../domain/firmware-image';

interface ImageRow {
  image: string;
  body: Omit<FirmwareImage, 'image'>;
}
interface ImageFilters {
  vendor?: string[] | undefined;
  model?: string[] | undefined;
  firmwareVersion?: string[] | undefined;
  search?: string | undefined;
}
type ImageSort = 'image';

const IMAGE_LIST: ListDefinition<ImageFilters, ImageSort> = {
  columns: 'image, body',
  from: 'device_config.firmware_images',
  owner: 'tenant',
  id: [{ sql: 'image', type: 'text' }],
  sorts: { image: [] },
  filters: {
    vendor: amongIgnoringCase(`(body ->> 'vendor')`),
    model: amongIgnoringCase(`(body ->> 'model')`),
    firmwareVersion: amongIgnoringCase(`(body ->> 'firmwareVersion')`),
    search: beginsWithIgnoringCase('image'),
  },
};

/** The firmware images of tenants. Changes of one tenant's images come one after the other. */
export class TypeormFirmwareImages {
  private readonly listed: TypeormList<ImageRow, ImageFilters, ImageSort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, IMAGE_LIST);
  }

  list(tenant: string): ListSource<FirmwareImage, ImageFilters, ImageSort> {
    return shownAs(this.listed.of(tenant), (rows) => rows.map(toImage));
  }

  find(tenant: string, image: string): Promise<FirmwareImage | null> {
    return one(this.dataSource.manager, { tenant, image });
  }

  /** The image, which stays as it is until the transaction ends. */
  held(manager: EntityManager, tenant: string, image: string): Promise<FirmwareImage | null> {
    return one(manager, { tenant, image }, 'FOR SHARE');
  }

  /** Stores what `decide` makes of the image; null removes it. Throws `not-found` without such a tenant. `others`: how many further images the tenant has. `along`: what is done with it, or neither; it is given what was there before. */
  change<T extends FirmwareImage | null>(
    { tenant, image, now }: { tenant: string; image: string; now: Date },
    decide: (before: FirmwareImage | null, others: number) => T,
    along: (manager: EntityManager, before: FirmwareImage | null) => Promise<void> = () => Promise.resolve(),
  ): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await lockNamed(manager, `firmware images of ${tenant}`);
      const known: unknown[] = await manager.query('SELECT FROM device_config.tenants WHERE tenant = $1 FOR KEY SHARE', [tenant]);
      if (known.length === 0) throw new CsmsError('not-found', 'no such tenant');
      const [row]: { count: number }[] = await manager.query(
        'SELECT count(*)::integer AS count FROM device_config.firmware_images WHERE tenant = $1 AND image <> $2',
        [tenant, image],
      );
      const before = await one(manager, { tenant, image }, 'FOR UPDATE');
      const after = decide(before, row?.count ?? 0);
      await write(manager, { tenant, image, now }, after);
      await along(manager, before);
      return after;
    });
  }
}

async function write(
  manager: EntityManager,
  { tenant, image, now }: { tenant: string; image: string; now: Date },
  after: FirmwareImage | null,
): Promise<void> {
  if (after === null) {
    await manager.query('DELETE FROM device_config.firmware_images WHERE tenant = $1 AND image = $2', [tenant, image]);
    return;
  }
  const { image: _name, ...body } = after;
  await manager.query(
    `INSERT INTO device_config.firmware_images (tenant, image, body, changed_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant, image) DO UPDATE SET body = excluded.body, changed_at = excluded.changed_at`,
    [tenant, image, JSON.stringify(body), now],
  );
}

async function one(manager: EntityManager, { tenant, image }: { tenant: string; image: string }, lock = ''): Promise<FirmwareImage | null> {
  const rows: ImageRow[] = await manager.query(
    `SELECT image, body FROM device_config.firmware_images WHERE tenant = $1 AND image = $2 ${lock}`,
    [tenant, image],
  );
  return rows[0] === undefined ? null : toImage(rows[0]);
}

function toImage({ image, body }: ImageRow): FirmwareImage {
  const { description, url, sealedUrl, firmwareVersion, vendor, model, sha256, signature, signingCertificate } = body;
  return { image, description, url, sealedUrl, firmwareVersion, vendor, model, sha256, file: fileOf(body), signature, signingCertificate };
}

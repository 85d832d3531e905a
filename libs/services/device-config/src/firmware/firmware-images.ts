import { CsmsError, invalidAt } from '@voltbus/contracts';
import type { FirmwareImage } from './domain/firmware-image';
import { MAX_IMAGES } from './limits';
import type { FirmwareFiles } from './firmware-files';
import type { GivenImage, SealedUrls } from './sealed-urls';
import type { TypeormFirmwareImages } from './store/typeorm-firmware-images';

/** The firmware images of tenants, changed. */
export class FirmwareImages {
  constructor(
    private readonly parts: { store: TypeormFirmwareImages; urls: SealedUrls; files: Pick<FirmwareFiles, 'mayGo'>; now(): Date },
  ) {}

  /** Throws `conflict` where the tenant has as many images as it may, and `invalid` for a URL that lacks its secret or a SHA-256 that is not the file's. */
  change(
    tenant: string,
    image: string,
    decide: (before: FirmwareImage | null) => GivenImage,
    writes: (after: FirmwareImage) => void,
  ): Promise<FirmwareImage> {
    return this.parts.store.change({ tenant, image, now: this.parts.now() }, (before, others) => {
      const after = withFile(this.parts.urls.sealed(tenant, decide(before), before), before);
      if (others >= MAX_IMAGES) throw new CsmsError('conflict', `the tenant has ${MAX_IMAGES} firmware images: it may have no more`);
      writes(after);
      return after;
    });
  }

  /** Throws `in-use` while an update or a campaign has its file. */
  async remove(tenant: string, image: string, mayRemove: (before: FirmwareImage | null) => void): Promise<void> {
    const { store, files, now } = this.parts;
    await store.change(
      { tenant, image, now: now() },
      (before) => {
        mayRemove(before);
        return null;
      },
      (manager, before) => files.mayGo(manager, before),
    );
  }
}

/** An image without a URL keeps its file; one with a URL has none. */
function withFile(image: Omit<FirmwareImage, 'file'>, before: FirmwareImage | null): FirmwareImage {
  const file = image.url === null ? (before?.file ?? null) : null;
  if (file !== null && image.sha256 !== null && image.sha256.toLowerCase() !== file.sha256)
    throw invalidAt('/sha256', `is not that of the file, which is ${file.sha256}`);
  return { ...image, file };
}

import { CsmsError } from '@voltbus/contracts';
import type { FirmwareImage } from './domain/firmware-image';
import { MAX_IMAGES } from './limits';
import type { GivenImage, SealedUrls } from './sealed-urls';
import type { TypeormFirmwareImages } from './store/typeorm-firmware-images';

/** The firmware images of tenants, changed. */
export class FirmwareImages {
  constructor(private readonly parts: { store: TypeormFirmwareImages; urls: SealedUrls; now(): Date }) {}

  /** Throws `conflict` where the tenant has as many images as it may, and `invalid` for a URL that lacks its secret. */
  change(
    tenant: string,
    image: string,
    decide: (before: FirmwareImage | null) => GivenImage,
    writes: (after: FirmwareImage) => void,
  ): Promise<FirmwareImage> {
    return this.parts.store.change({ tenant, image, now: this.parts.now() }, (before, others) => {
      const after = this.parts.urls.sealed(tenant, decide(before), before);
      if (others >= MAX_IMAGES) throw new CsmsError('conflict', `the tenant has ${MAX_IMAGES} firmware images: it may have no more`);
      writes(after);
      return after;
    });
  }

  async remove(tenant: string, image: string, mayRemove: (before: FirmwareImage | null) => void): Promise<void> {
    await this.parts.store.change({ tenant, image, now: this.parts.now() }, (before) => {
      mayRemove(before);
      return null;
    });
  }
}

import { UrlSeal } from '../stations/sealed-url';
import type { FirmwareImage } from './domain/firmware-image';

/** An image as an operator gives it, with its URL whole. */
export type GivenImage = Omit<FirmwareImage, 'sealedUrl'>;

/** Encrypts the URLs of images that hold a secret. */
export class SealedUrls {
  private readonly seal: UrlSeal;

  constructor(pepper: string) {
    this.seal = new UrlSeal(pepper, 'firmware-image-url');
  }

  /** The image as it may be stored. A URL as it is shown stands for the one of `before`; any other one without its secrets is refused (`invalid`). */
  sealed(tenant: string, given: GivenImage, before: FirmwareImage | null): FirmwareImage {
    if (before !== null && [before.url, this.opened(tenant, before)].includes(given.url))
      return { ...given, url: before.url, sealedUrl: before.sealedUrl };
    const { shown, sealed } = this.seal.seal(given.url, ownerOf(tenant, given), '/url');
    return { ...given, url: shown, sealedUrl: sealed };
  }

  /** The URL that stations are sent. Null: it was encrypted with another pepper. */
  opened(tenant: string, image: FirmwareImage): string | null {
    return this.seal.open({ shown: image.url, sealed: image.sealedUrl }, ownerOf(tenant, image));
  }
}

function ownerOf(tenant: string, { image }: Pick<FirmwareImage, 'image'>): string {
  return `${tenant}/${image}`;
}

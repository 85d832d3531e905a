import { SecretBox, invalidAt } from '@voltbus/contracts';
import { REDACTED } from '@voltbus/ocpp';
import { shownUrl } from '../stations/shown-url';
import type { FirmwareImage } from './domain/firmware-image';

/** An image as an operator gives it, with its URL whole. */
export type GivenImage = Omit<FirmwareImage, 'sealedUrl'>;

/** Encrypts the URLs of images that hold a secret, such as a password or a signature in the query (ADR 40): a station needs them whole. */
export class SealedUrls {
  private readonly box: SecretBox;

  constructor(pepper: string) {
    this.box = new SecretBox(pepper, 'firmware-image-url');
  }

  /** The image as it may be stored. A URL as it is shown stands for the one of `before`; any other one without its secrets is refused (`invalid`). */
  sealed(tenant: string, given: GivenImage, before: FirmwareImage | null): FirmwareImage {
    if (before !== null && [before.url, this.opened(tenant, before)].includes(given.url))
      return { ...given, url: before.url, sealedUrl: before.sealedUrl };
    if (given.url.includes(REDACTED)) throw invalidAt('/url', `has ${REDACTED} in the place of a secret: give the whole URL`);
    const url = shownUrl(given.url);
    if (url === given.url) return { ...given, sealedUrl: null };
    return { ...given, url, sealedUrl: this.box.close(given.url, ownerOf(tenant, given)).toString('base64') };
  }

  /** The URL that stations are sent. Null: it was encrypted with another pepper. */
  opened(tenant: string, image: FirmwareImage): string | null {
    const { url, sealedUrl } = image;
    return sealedUrl === null ? url : this.box.open(Buffer.from(sealedUrl, 'base64'), ownerOf(tenant, image));
  }
}

function ownerOf(tenant: string, { image }: Pick<FirmwareImage, 'image'>): string {
  return `${tenant}/${image}`;
}

import type { Keyring } from '@voltbus/contracts';
import { UrlSeal } from '../stations/sealed-url';
import type { FirmwareImage } from './domain/firmware-image';

/** An image as an operator gives it, with its URL whole. */
export type GivenImage = Omit<FirmwareImage, 'sealedUrl' | 'file'>;

type WithUrl = Pick<FirmwareImage, 'image' | 'url' | 'sealedUrl'>;

/** Encrypts the URLs of images that hold a secret. */
export class SealedUrls {
  private readonly seal: UrlSeal;

  constructor(keys: Keyring | string) {
    this.seal = new UrlSeal(keys, 'firmware-image-url');
  }

  /** The image as it may be stored. A URL as it is shown stands for the one of `before`; any other one without its secrets is refused (`invalid`). */
  sealed(tenant: string, given: GivenImage, before: WithUrl | null): Omit<FirmwareImage, 'file'> {
    if (given.url === null) return { ...given, url: null, sealedUrl: null };
    if (before !== null && [before.url, this.opened(tenant, before)].includes(given.url))
      return { ...given, url: before.url, sealedUrl: before.sealedUrl };
    const { shown, sealed } = this.seal.seal(given.url, ownerOf(tenant, given), '/url');
    return { ...given, url: shown, sealedUrl: sealed };
  }

  /** The URL that stations are sent. Null: there is none, or it is encrypted under a key that is not set. */
  opened(tenant: string, image: WithUrl): string | null {
    if (image.url === null) return null;
    return this.seal.open({ shown: image.url, sealed: image.sealedUrl }, ownerOf(tenant, image));
  }
}

function ownerOf(tenant: string, { image }: Pick<FirmwareImage, 'image'>): string {
  return `${tenant}/${image}`;
}

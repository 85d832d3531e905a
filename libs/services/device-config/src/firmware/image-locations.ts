import type { TokenAddress } from '../files';
import type { StationRequest } from '../station-requests';
import { fileOf, type FirmwareImage } from './domain/firmware-image';
import type { SealedUrls } from './sealed-urls';

/** Where a station downloads the image of its request: at the operator's URL, or at an address of the request alone. */
export class ImageLocations {
  constructor(private readonly parts: { urls: Pick<SealedUrls, 'opened'>; address: Pick<TokenAddress, 'of'> }) {}

  of({ id, tenant }: Pick<StationRequest, 'id' | 'tenant'>, image: FirmwareImage): string | { impossible: string } {
    const { urls, address } = this.parts;
    const file = fileOf(image);
    if (file !== null) return address.of(id, file.name) ?? { impossible: 'no-download-address' };
    return urls.opened(tenant, image) ?? { impossible: 'url-not-readable' };
  }
}

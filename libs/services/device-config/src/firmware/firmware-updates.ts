import { CsmsError, unknownReference, type StationRef } from '@voltbus/contracts';
import type { ListSource } from '@voltbus/database';
import type { RequestFilters, RequestSort, StationRequest, StationRequests } from '../station-requests';
import type { LockedStation, Transaction } from '../stations/typeorm-in-station';
import { misfit, unready, type FirmwareImage } from './domain/firmware-image';
import type { FirmwareBody } from './domain/firmware-update';
import type { TypeormFirmwareImages } from './store/typeorm-firmware-images';

const HOUR_MS = 3_600_000;

/** An update that is asked for. */
export interface WantedUpdate extends Omit<FirmwareBody, 'image' | 'versionBefore'> {
  /** Hours for which it waits for its station. */
  waitHours: number;
  /** Takes the place of those that are open. */
  replace: boolean;
}

interface FirmwareUpdatesParts {
  images: TypeormFirmwareImages;
  requests: StationRequests;
  /** Whether stations reach an address of our own. */
  hasAddress: boolean;
  now(): Date;
}

/** Firmware updates of stations (L01, L02). */
export class FirmwareUpdates {
  constructor(private readonly parts: FirmwareUpdatesParts) {}

  /** Throws `unknown-reference`, `unknown-station`, and `conflict` where the image has no file, is not for the station or another update is open. */
  async request(ref: StationRef, image: string, wanted: WantedUpdate, by: string): Promise<StationRequest> {
    const { images, requests, hasAddress } = this.parts;
    return requests.begin(ref, async (transaction, station) => {
      const known = await images.held(transaction, ref.tenant, image);
      if (known === null) throw unknownReference('/image', 'firmware image');
      const fault = unready(known, hasAddress) ?? misfit(known, station);
      if (fault !== null) throw new CsmsError('conflict', fault);
      const asked = await this.ask(transaction, ref, { image: known, station, wanted, by });
      if (asked === null) throw new CsmsError('conflict', 'another update of the station has not ended: `replace` takes its place');
      return asked;
    });
  }

  /** Throws `conflict` for an image that no station can download. */
  mustBeReady(image: FirmwareImage): void {
    const fault = unready(image, this.parts.hasAddress);
    if (fault !== null) throw new CsmsError('conflict', fault);
  }

  send(id: string): Promise<void> {
    return this.parts.requests.send(id);
  }

  list(tenant: string): ListSource<StationRequest, RequestFilters, RequestSort> {
    return this.parts.requests.list(tenant);
  }

  find(tenant: string, id: string): Promise<StationRequest> {
    return this.parts.requests.find(tenant, id);
  }

  cancel(tenant: string, id: string): Promise<StationRequest> {
    return this.parts.requests.cancel(tenant, id);
  }

  /** For a caller that has the station in its transaction (`inStation`); `send` is to follow. Null: another update has not ended. */
  async ask(
    transaction: Transaction,
    ref: StationRef,
    { image, station, wanted, by }: { image: FirmwareImage; station: LockedStation; wanted: WantedUpdate; by: string },
  ): Promise<StationRequest | null> {
    const { requests, now } = this.parts;
    const { waitHours, replace, ...asked } = wanted;
    const body: FirmwareBody = { ...asked, image, versionBefore: station.firmware };
    const begin = Math.max(now().getTime(), asked.retrieveAt === null ? 0 : Date.parse(asked.retrieveAt));
    const expiresAt = new Date(begin + waitHours * HOUR_MS);
    return requests.create(transaction, ref, { subject: image.image, body: { ...body }, requestedBy: by, expiresAt }, { replace });
  }
}

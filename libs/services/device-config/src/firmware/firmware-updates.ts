import { CsmsError, unknownReference, type StationRef } from '@voltbus/contracts';
import type { ListSource } from '@voltbus/database';
import type { EntityManager } from 'typeorm';
import {
  SWEEP_BATCH,
  type RequestFilters,
  type RequestSort,
  type StationRequest,
  type StationRequests,
  type TypeormStationRequests,
} from '../station-requests';
import { misfit, runs, type FirmwareImage } from './domain/firmware-image';
import { reported, shownByBoot, type FirmwareBody } from './domain/firmware-update';
import type { TypeormFirmwareImages } from './store/typeorm-firmware-images';

const HOUR_MS = 3_600_000;

/** An update that is asked for. */
export interface WantedUpdate extends Omit<FirmwareBody, 'image' | 'versionBefore'> {
  /** Hours for which it waits for its station. */
  waitHours: number;
  /** Takes the place of those that are open. */
  replace: boolean;
}

/** What came of asking a station for an update: another one is open, or the station runs the image already, or it is not for it. */
export type Asked = StationRequest | 'busy' | 'runs-already' | 'does-not-fit';

interface FirmwareUpdatesParts {
  images: TypeormFirmwareImages;
  store: TypeormStationRequests;
  requests: StationRequests;
  now(): Date;
}

/** Firmware updates of stations (L01, L02). */
export class FirmwareUpdates {
  constructor(private readonly parts: FirmwareUpdatesParts) {}

  /** Throws `unknown-reference`, `unknown-station`, and `conflict` where the image is not for the station or another update is open. */
  async request(ref: StationRef, image: string, wanted: WantedUpdate, by: string): Promise<StationRequest> {
    const { store, requests } = this.parts;
    const request = await store.inStation(ref, async (manager, station) => {
      const known = await this.image(manager, ref.tenant, image);
      const fault = misfit(known, station);
      if (fault !== null) throw new CsmsError('conflict', fault);
      const asked = await this.ask(manager, ref, { image: known, wanted, by });
      if (asked === 'busy') throw new CsmsError('conflict', 'another update of the station has not ended: `replace` takes its place');
      return asked;
    });
    await requests.send(request.id);
    return requests.find(ref.tenant, request.id);
  }

  /** For a caller that has the station in its transaction; `send` is to follow. */
  async askFitting(manager: EntityManager, ref: StationRef, image: FirmwareImage, wanted: WantedUpdate, by: string): Promise<Asked> {
    const station = await this.parts.store.station(manager, ref);
    if (misfit(image, station) !== null) return 'does-not-fit';
    if (runs(image, station)) return 'runs-already';
    return this.ask(manager, ref, { image, wanted, by });
  }

  /** The image, which is not removed until the transaction ends. */
  async image(manager: EntityManager, tenant: string, name: string): Promise<FirmwareImage> {
    const image = await this.parts.images.held(manager, tenant, name);
    if (image === null) throw unknownReference('/image', 'firmware image');
    return image;
  }

  send(id: string): Promise<void> {
    return this.parts.requests.send(id);
  }

  list(tenant: string): ListSource<StationRequest, RequestFilters, RequestSort> {
    return this.parts.store.list(tenant, 'firmware');
  }

  find(tenant: string, id: string): Promise<StationRequest> {
    return this.parts.requests.find(tenant, id);
  }

  cancel(tenant: string, id: string): Promise<StationRequest> {
    return this.parts.requests.cancel(tenant, id);
  }

  /** Looks at the boots of stations with updates, sends what is due, and ends what is overdue. */
  async sweep(): Promise<number> {
    const { store, requests, now } = this.parts;
    const booted = await store.booted('firmware', now(), SWEEP_BATCH);
    for (const id of booted) await requests.change(id, (request, station) => shownByBoot(request, station, now()));
    return booted.length + (await requests.sweep());
  }

  /** False: it belongs to no update. */
  onStatus(ref: StationRef, { status, requestId, at }: { status: string; requestId: number | null; at: Date }): Promise<boolean> {
    return this.parts.requests.onStatus(ref, requestId, (request, station) => reported(request, status, { at, station }));
  }

  private async ask(
    manager: EntityManager,
    ref: StationRef,
    { image, wanted, by }: { image: FirmwareImage; wanted: WantedUpdate; by: string },
  ): Promise<StationRequest | 'busy'> {
    const { store, requests, now } = this.parts;
    const { waitHours, replace, ...asked } = wanted;
    const open = await store.openOf(manager, ref, 'firmware');
    if (open.length > 0 && !replace) return 'busy';
    const notSent = open.filter(({ sentAt }) => sentAt === null).map(({ id }) => id);
    await store.withdraw(manager, notSent, now());
    const { firmware } = await store.station(manager, ref);
    const body: FirmwareBody = { ...asked, image, versionBefore: firmware };
    const begin = Math.max(now().getTime(), asked.retrieveAt === null ? 0 : Date.parse(asked.retrieveAt));
    const expiresAt = new Date(begin + waitHours * HOUR_MS);
    return requests.create(manager, ref, { subject: image.image, body: { ...body }, requestedBy: by, expiresAt });
  }
}

import type { Command, CommandRequest, Protocol, StationRef } from '@voltbus/contracts';
import { silentLogger } from '@voltbus/testing';
import { endedCommand } from '../../testing/fake-commands';
import type { ServiceFixture } from '../../testing/start-service';
import { stationRequests } from '../../station-requests/block';
import type { StationRequest } from '../../station-requests/domain/station-request';
import { SETTLE_MS } from '../../station-requests/limits';
import { RequestTelemetry } from '../../station-requests/request-telemetry';
import { StationRequests } from '../../station-requests/station-requests';
import { firmware } from '../block';
import type { FirmwareImage } from '../domain/firmware-image';
import { FirmwareImages } from '../firmware-images';
import { FirmwareUpdates, type WantedUpdate } from '../firmware-updates';
import { firmwareRules } from '../rules';
import type { GivenImage } from '../sealed-urls';

export const ref = (station: string): StationRef => ({ tenant: 'default', station });
export const SIGNED = { signature: 'c2lnbmVk', signingCertificate: '-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----' };
export const WANTED: WantedUpdate = {
  ...{ retrieveAt: null, installAt: null, retries: null, retryIntervalSeconds: null },
  ...{ runHours: 24, waitHours: 168, replace: false },
};
const IMAGE: FirmwareImage = {
  ...{
    image: 'two',
    description: null,
    url: 'https://files.example/two.bin',
    sealedUrl: null,
    firmwareVersion: '2.0',
    vendor: null,
    model: null,
  },
  ...{ sha256: null, file: null, signature: null, signingCertificate: null },
};

let epoch = 1_000_000;

/** For specs: stations that are updated, by a clock that goes only as far as it must. */
export class UpdatedStations {
  clock = Date.now();
  sent: CommandRequest[] = [];
  private count = 0;
  readonly requests: StationRequests;
  readonly updates: FirmwareUpdates;
  private readonly images: FirmwareImages;

  constructor(private readonly service: ServiceFixture) {
    const { store } = service.service.use(stationRequests);
    const { images, urls, locations, imageFiles } = service.service.use(firmware);
    const now = () => new Date(this.clock);
    this.requests = new StationRequests({
      ...{ store, rules: firmwareRules(locations), telemetry: new RequestTelemetry(silentLogger, service.metrics), now },
      sendCommand: (request) => Promise.resolve(void this.sent.push(request)),
    });
    this.images = new FirmwareImages({ store: images, urls, files: imageFiles, now });
    this.updates = new FirmwareUpdates({ images, requests: this.requests, hasAddress: true, now });
  }

  /** An image as an operator gives it. */
  given(image: Partial<GivenImage>): Promise<FirmwareImage> {
    const given = { ...IMAGE, ...image };
    return this.images.change(
      'default',
      given.image,
      () => given,
      () => undefined,
    );
  }

  async image(more: Partial<FirmwareImage> = {}): Promise<FirmwareImage> {
    const { images } = this.service.service.use(firmware);
    const image = { ...IMAGE, ...more };
    return images.change({ tenant: 'default', image: image.image, now: new Date(this.clock) }, () => image);
  }

  /** The station boots with a version, and is left alone until it may be asked. */
  async boot(station: string, firmwareVersion: string | undefined = '1.0', protocol: Protocol = 'ocpp2.0.1'): Promise<void> {
    const { service } = this;
    if ((await service.directory.find(ref(station))) === null) await service.stations.put(ref(station), {});
    this.clock += 1_000;
    const payload =
      protocol === 'ocpp1.6'
        ? { chargePointVendor: 'Vendor', chargePointModel: 'M', firmwareVersion }
        : { chargingStation: { model: 'M', vendorName: 'Vendor', firmwareVersion } };
    await service.send({ protocol, station, epoch: ++epoch, receivedAt: new Date(this.clock) }, 'BootNotification', payload);
    this.clock += SETTLE_MS + 1_000;
  }

  /** A station that is connected and runs 1.0. */
  async connected(protocol: Protocol = 'ocpp2.0.1'): Promise<string> {
    const station = `fw-${++this.count}`;
    await this.boot(station, '1.0', protocol);
    await this.setOnline(station, true);
    await this.service.database.query('UPDATE device_config.stations SET protocol = $2 WHERE station = $1', [station, protocol]);
    return station;
  }

  async setOnline(station: string, online: boolean): Promise<void> {
    await this.service.database.query('UPDATE device_config.stations SET online = $2 WHERE station = $1', [station, online]);
  }

  /** Nothing is asked, and nobody is connected. */
  async clear(): Promise<void> {
    await this.service.database.query('DELETE FROM device_config.station_requests');
    await this.service.database.query('UPDATE device_config.stations SET online = false');
    this.sent = [];
  }

  ask(station: string, wanted: Partial<WantedUpdate> = {}, image = 'two'): Promise<StationRequest> {
    return this.updates.request(ref(station), image, { ...WANTED, ...wanted }, 'spec');
  }

  /** The end of the command that was sent last, or of the one given; it may come twice. */
  async end(outcome: Partial<Command>, request: CommandRequest | undefined = this.sent.at(-1), times = 1): Promise<void> {
    if (request === undefined) throw new Error('nothing was sent');
    this.clock += 100;
    for (let nth = 0; nth < times; nth++) await this.requests.onEnded(endedCommand({ ...request, ...outcome }));
  }

  /** An update that the station has accepted. */
  async accepted(station: string, wanted: Partial<WantedUpdate> = {}): Promise<StationRequest> {
    const { id } = await this.ask(station, wanted);
    await this.end({ response: { status: 'Accepted' } });
    return this.find(id);
  }

  /** The station reports on it. False: it belongs to no update. */
  async report(station: string, status: string, requestId: number | null): Promise<boolean> {
    this.clock += 1_000;
    return this.requests.onStatus(ref(station), { status, requestId, at: new Date(this.clock) });
  }

  async sweep(): Promise<void> {
    await this.requests.sweep();
  }

  find(id: string): Promise<StationRequest> {
    return this.requests.find('default', id);
  }

  async outcome(id: string): Promise<[string, string | null]> {
    const { state, reason } = await this.find(id);
    return [state, reason];
  }
}

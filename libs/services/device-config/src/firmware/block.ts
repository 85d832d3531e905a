import { COMMAND_RESULTS } from '@voltbus/contracts';
import { DOWNLOADS_PATH, DOWNLOAD_SOURCE } from '@voltbus/http';
import { v16, v21 } from '@voltbus/ocpp';
import { encryptionKeys, peppers } from '@voltbus/runtime';
import { answer, defineBlock, onEach } from '@voltbus/service';
import { FileSweep, MEGABYTE, TokenAddress, files as fileBlock } from '../files';
import { stationRequests } from '../station-requests';
import { FirmwareDownloads } from './firmware-downloads';
import { FirmwareFileTelemetry } from './firmware-file-telemetry';
import { FirmwareFiles } from './firmware-files';
import { FirmwareImages } from './firmware-images';
import { FirmwareUpdates } from './firmware-updates';
import { FirmwareFilesController } from './http/firmware-files.controller';
import { FirmwareImagesController } from './http/firmware-images.controller';
import { FirmwareUpdatesController } from './http/firmware-updates.controller';
import { ImageLocations } from './image-locations';
import { REMOVAL_BATCH } from './limits';
import { firmwareRules } from './rules';
import { firmwareImagesMigration } from './store/migrations/0251-firmware-images';
import { firmwareFilesMigration } from './store/migrations/0400-firmware-files';
import { SealedUrls } from './sealed-urls';
import { tables } from './store/tables';
import { TypeormFirmwareFiles } from './store/typeorm-firmware-files';
import { TypeormFirmwareImages } from './store/typeorm-firmware-images';

/** Time between two looks for updates to send, boots that show how one ended, and updates that take too long. */
const SWEEP_INTERVAL_MS = 5_000;

/** OCPP block L, and the firmware of 1.6: images, and updates of stations. */
export const firmware = defineBlock({
  name: 'firmware',
  migrations: [firmwareImagesMigration, firmwareFilesMigration],
  tables,
  store: ({ database }) => ({ images: new TypeormFirmwareImages(database), rows: new TypeormFirmwareFiles(database) }),
  build({ store: { images, rows }, use, settings, now, logger, metrics }) {
    const { store, statuses, of } = use(stationRequests);
    const { store: files } = use(fileBlock);
    const urls = new SealedUrls(encryptionKeys(settings));
    const address = new TokenAddress(peppers(settings), settings.UPLOAD_URL, { path: DOWNLOADS_PATH, purpose: 'firmware download' });
    const locations = new ImageLocations({ urls, address });
    const requests = of(firmwareRules(locations));
    const telemetry = new FirmwareFileTelemetry(logger, metrics);
    const uploadMs = settings.UPLOAD_SECONDS * 1_000;
    const imageFiles = new FirmwareFiles({
      ...{ images, rows, files, telemetry, now },
      limits: {
        maxBytes: settings.FIRMWARE_MAX_MB * MEGABYTE,
        tenantBytes: settings.FIRMWARE_MB_PER_TENANT * MEGABYTE,
        withinMs: uploadMs,
      },
    });
    const downloads = new FirmwareDownloads({
      ...{ store, address, files, telemetry, now },
      limits: { atOnce: settings.DOWNLOADS_AT_ONCE, withinMs: settings.DOWNLOAD_SECONDS * 1_000 },
    });
    const removable = (at: { now: Date; lostBefore: Date }) => rows.removable(at, REMOVAL_BATCH);
    const sweep = new FileSweep({ rows, files, removable, telemetry, uploadMs, now });
    const hasAddress = settings.UPLOAD_URL !== undefined;
    const updates = new FirmwareUpdates({ images, requests, hasAddress, now });
    const changed = new FirmwareImages({ store: images, urls, files: imageFiles, now });
    return { images, urls, locations, hasAddress, requests, statuses, updates, imageFiles, downloads, sweep, changed };
  },
  // L01.FR.20; 1.6 section 4.5 and its security whitepaper
  answers: ({ statuses, requests }) => [
    answer(v16.FirmwareStatusNotification, statuses.readBy(requests)),
    answer(v16.SignedFirmwareStatusNotification, statuses.readBy(requests)),
    answer(v21.FirmwareStatusNotification, statuses.readBy(requests)),
  ],
  on: ({ requests }) => [onEach(COMMAND_RESULTS.events.ended, ({ data }) => requests.onEnded(data))],
  jobs: ({ requests }) => [{ name: 'firmware updates', everyMs: SWEEP_INTERVAL_MS, run: () => requests.sweep() }],
  controllers: [FirmwareImagesController, FirmwareFilesController, FirmwareUpdatesController],
  provides: (provide) => [
    provide(FirmwareImages, ({ changed }) => changed),
    provide(FirmwareFiles, ({ imageFiles }) => imageFiles),
    provide(DOWNLOAD_SOURCE, ({ downloads }) => downloads),
    provide(TypeormFirmwareImages, ({ images }) => images),
    provide(FirmwareUpdates, ({ updates }) => updates),
  ],
  httpParts: ({ sweep }) => [{ name: 'files of firmware images', phase: 'work', start: () => sweep.start(), stop: () => sweep.stop() }],
});

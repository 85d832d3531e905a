import { COMMAND_RESULTS } from '@voltbus/contracts';
import { v16, v21 } from '@voltbus/ocpp';
import { encryptionKeys } from '@voltbus/runtime';
import { answer, defineBlock, onEach } from '@voltbus/service';
import { stationRequests } from '../station-requests';
import { FirmwareImages } from './firmware-images';
import { FirmwareUpdates } from './firmware-updates';
import { FirmwareImagesController } from './http/firmware-images.controller';
import { FirmwareUpdatesController } from './http/firmware-updates.controller';
import { firmwareRules } from './rules';
import { firmwareImagesMigration } from './store/migrations/0251-firmware-images';
import { SealedUrls } from './sealed-urls';
import { tables } from './store/tables';
import { TypeormFirmwareImages } from './store/typeorm-firmware-images';

/** Time between two looks for updates to send, boots that show how one ended, and updates that take too long. */
const SWEEP_INTERVAL_MS = 5_000;

/** OCPP block L, and the firmware of 1.6: images, and updates of stations. */
export const firmware = defineBlock({
  name: 'firmware',
  migrations: [firmwareImagesMigration],
  tables,
  store: ({ database }) => new TypeormFirmwareImages(database),
  build({ store: images, use, settings, now }) {
    const { statuses, of } = use(stationRequests);
    const urls = new SealedUrls(encryptionKeys(settings));
    const requests = of(firmwareRules(urls));
    return { images, urls, requests, statuses, updates: new FirmwareUpdates({ images, requests, now }), now };
  },
  // L01.FR.20; 1.6 section 4.5 and its security whitepaper
  answers: ({ statuses, requests }) => [
    answer(v16.FirmwareStatusNotification, statuses.readBy(requests)),
    answer(v16.SignedFirmwareStatusNotification, statuses.readBy(requests)),
    answer(v21.FirmwareStatusNotification, statuses.readBy(requests)),
  ],
  on: ({ requests }) => [onEach(COMMAND_RESULTS.events.ended, ({ data }) => requests.onEnded(data))],
  jobs: ({ requests }) => [{ name: 'firmware updates', everyMs: SWEEP_INTERVAL_MS, run: () => requests.sweep() }],
  controllers: [FirmwareImagesController, FirmwareUpdatesController],
  provides: (provide) => [
    provide(FirmwareImages, ({ images, urls, now }) => new FirmwareImages({ store: images, urls, now })),
    provide(TypeormFirmwareImages, ({ images }) => images),
    provide(FirmwareUpdates, ({ updates }) => updates),
  ],
});

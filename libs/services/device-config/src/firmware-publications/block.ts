import { COMMAND_RESULTS } from '@voltbus/contracts';
import { v21 } from '@voltbus/ocpp';
import { answer, defineBlock, onEach } from '@voltbus/service';
import { firmware } from '../firmware';
import { stationRequests } from '../station-requests';
import { FirmwarePublications } from './firmware-publications';
import { FirmwarePublicationsController } from './http/firmware-publications.controller';
import { publicationRules, unpublicationRules } from './rules';
import { firmwarePublicationsMigration } from './store/migrations/0401-firmware-publications';

/** Time between two looks for requests to send, and for those that take too long. */
const SWEEP_INTERVAL_MS = 5_000;

/** OCPP L03 and L04: firmware that local controllers offer to the stations behind them. */
export const firmwarePublications = defineBlock({
  name: 'firmware-publications',
  migrations: [firmwarePublicationsMigration],
  build({ use, now }) {
    const { of, statuses } = use(stationRequests);
    const { images, locations, hasAddress } = use(firmware);
    const publications = of(publicationRules(locations));
    const offered = new FirmwarePublications({ images, publications, unpublications: of(unpublicationRules), hasAddress, now });
    return { publications, statuses, offered };
  },
  // L03.FR.01
  answers: ({ statuses, publications }) => [answer(v21.PublishFirmwareStatusNotification, statuses.readBy(publications))],
  on: ({ offered }) => [onEach(COMMAND_RESULTS.events.ended, ({ data }) => offered.onEnded(data))],
  jobs: ({ offered }) => [{ name: 'firmware publications', everyMs: SWEEP_INTERVAL_MS, run: () => offered.sweep() }],
  controllers: [FirmwarePublicationsController],
  provides: (provide) => [provide(FirmwarePublications, ({ offered }) => offered)],
});

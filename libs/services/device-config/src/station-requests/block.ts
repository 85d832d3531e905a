import { defineBlock } from '@voltbus/service';
import { telemetry } from '../telemetry';
import type { RequestRules } from './request-rules';
import { RequestTelemetry } from './request-telemetry';
import { StationRequests } from './station-requests';
import { StationStatuses } from './station-statuses';
import { stationRequestsMigration } from './store/migrations/0250-station-requests';
import { tables } from './store/tables';
import { TypeormStationRequests } from './store/typeorm-station-requests';
import { unhandledMessages } from '../unhandled-messages';

/** What firmware updates, requests of logs and of customer information have in common: `of` makes the requests of one kind. */
export const stationRequests = defineBlock({
  name: 'station-requests',
  migrations: [stationRequestsMigration],
  tables,
  store: ({ database }) => new TypeormStationRequests(database),
  build({ store, sendCommand, now, logger, metrics, use }) {
    const counted = new RequestTelemetry(logger, metrics);
    const statuses = new StationStatuses({
      unhandled: use(unhandledMessages).store,
      beyond: (ref, count) => use(telemetry).unhandledMessagesNotStored(ref, count),
    });
    return { store, statuses, of: (rules: RequestRules) => new StationRequests({ store, rules, telemetry: counted, sendCommand, now }) };
  },
});

import { CONNECTIONS } from '@voltbus/contracts';
import { STATION_EVSES } from '@voltbus/http';
import { v16, v21 } from '@voltbus/ocpp';
import { answer, defineBlock, onBatch } from '@voltbus/service';
import { deviceEvents } from '../device-events';
import { deviceModel } from '../device-model';
import { statusHistory } from '../status-history';
import { stationChanges } from '../station-changes';
import { telemetry } from '../telemetry';
import { unhandledMessages } from '../unhandled-messages';
import { FLEET_INTERVAL_MS, FleetGauge } from './fleet-gauge';
import { ConnectorStates } from './connector-states';
import { statusNotification as statusNotification16 } from './ocpp16/status-notification';
import { notifyEvent } from './ocpp2/notify-event';
import { statusNotification } from './ocpp2/status-notification';
import { TypeormConnectorProblems } from './store/typeorm-connector-problems';
import { TypeormConnectors } from './store/typeorm-connectors';
import { TypeormFleetCounts } from './store/typeorm-fleet-counts';
import { TypeormPresence } from './store/typeorm-presence';
import { TypeormStationEvses } from './store/typeorm-station-evses';
import { availabilityMigration } from './store/migrations/0040-availability';
import { receivedStatusesMigration } from './store/migrations/0271-received-statuses';
import { lastUseMigration } from './store/migrations/0410-last-use';
import { lostConnectionsMigration } from './store/migrations/0301-lost-connections';
import { TypeormLostConnections } from './store/typeorm-lost-connections';
import { LOST_INTERVAL_MS, LostConnections } from './lost-connections';
import { statusSinceMigration } from './store/migrations/0300-status-since';
import { tables } from './store/tables';

const { connected, disconnected } = CONNECTIONS.events;

/** OCPP block G: connector states, problems of components, and whether stations are connected. */
export const availability = defineBlock({
  name: 'availability',
  migrations: [availabilityMigration, receivedStatusesMigration, statusSinceMigration, lostConnectionsMigration, lastUseMigration],
  tables,
  store: ({ database }) => ({
    connectors: new TypeormConnectors(database),
    problems: new TypeormConnectorProblems(database),
    presence: new TypeormPresence(database),
    counts: new TypeormFleetCounts(database),
    evses: new TypeormStationEvses(database),
    lost: new TypeormLostConnections(database),
  }),
  build: ({ store, use, metrics, connections, now }) => ({
    fleetGauge: new FleetGauge(store.counts, metrics),
    states: new ConnectorStates({
      ...store,
      changes: use(stationChanges),
      history: use(statusHistory).history,
      events: use(deviceEvents).events,
      telemetry: use(telemetry),
    }),
    presence: store.presence,
    lost: new LostConnections({ store: store.lost, connections, history: use(statusHistory).history, changes: use(stationChanges), now }),
    evses: store.evses,
    unhandled: use(unhandledMessages).store,
    deviceModel: use(deviceModel).model,
    events: use(deviceEvents).events,
  }),
  answers: (parts) => [
    answer(v16.StatusNotification, statusNotification16(parts)),
    answer(v21.StatusNotification, statusNotification(parts)),
    answer(v21.NotifyEvent, notifyEvent(parts)),
  ],
  jobs: ({ fleetGauge, lost }) => [
    { name: 'count of stations', everyMs: FLEET_INTERVAL_MS, run: () => fleetGauge.measure() },
    { name: 'lost connections', everyMs: LOST_INTERVAL_MS, run: () => lost.look() },
  ],
  on: ({ presence }) => [
    onBatch([connected, disconnected], (events) =>
      presence.writeMany(events.map(({ data, type }) => ({ ...data, online: type === connected.type }))),
    ),
  ],
  provides: (provide) => [provide(STATION_EVSES, ({ evses }) => evses)],
});

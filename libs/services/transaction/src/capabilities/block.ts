import { CONNECTIONS, STATIONS } from '@voltbus/contracts';
import { defineBlock, onBatch, onEach } from '@voltbus/service';
import { onCommandEnded } from '../stations/command-results';
import { telemetry } from '../telemetry';
import { CAPABILITIES_INTERVAL_MS, CAPABILITY_ACTIONS, REPORT_ACTION, StationCapabilities } from './station-capabilities';
import { capabilitiesMigration } from './store/migrations/0080-capabilities';
import { tables } from './store/tables';
import { TypeormCapabilities } from './store/typeorm-capabilities';

const { connected, disconnected } = CONNECTIONS.events;

export const capabilities = defineBlock({
  name: 'capabilities',
  migrations: [capabilitiesMigration],
  tables,
  store: ({ database }) => new TypeormCapabilities(database),
  build: ({ store, use, sendCommand, now }) => ({
    store,
    capabilities: new StationCapabilities({ store, telemetry: use(telemetry), sendCommand, now }),
  }),
  on: ({ store, capabilities }) => [
    onBatch(connected, (events) => capabilities.onConnected(events.map(({ data }) => data))),
    onBatch(disconnected, (events) => capabilities.onDisconnected(events.map(({ data }) => data))),
    onEach(STATIONS.events.deleted, ({ data }) => store.removeStation(data)),
    onCommandEnded(CAPABILITY_ACTIONS, (command) => capabilities.onAnswered(command)),
  ],
  observes: ({ capabilities }) => [
    { lane: 'device', actions: [REPORT_ACTION], handle: (messages) => capabilities.observeReports(messages) },
  ],
  jobs: ({ capabilities }) => [{ name: 'capabilities', everyMs: CAPABILITIES_INTERVAL_MS, run: () => capabilities.sweep() }],
});

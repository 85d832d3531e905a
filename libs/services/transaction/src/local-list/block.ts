import { CONNECTIONS, STATIONS } from '@voltbus/contracts';
import { defineBlock, onBatch, onEach } from '@voltbus/service';
import { capabilities as stationCapabilities } from '../capabilities/block';
import { onCommandEnded } from '../stations/command-results';
import { telemetry } from '../telemetry';
import { LocalListsController } from './http/local-lists.controller';
import { LOCAL_LIST_INTERVAL_MS, LocalLists } from './local-lists';
import { localListMigration } from './store/migrations/0090-local-list';
import { tables } from './store/tables';
import { TypeormLocalLists } from './store/typeorm-local-lists';

const { connected, disconnected } = CONNECTIONS.events;

export const localList = defineBlock({
  name: 'local-list',
  migrations: [localListMigration],
  tables,
  store: ({ database }) => new TypeormLocalLists(database),
  build: ({ store, use, sendCommand, now }) => {
    const { capabilities } = use(stationCapabilities);
    return { store, localLists: new LocalLists({ store, capabilities, telemetry: use(telemetry), sendCommand, now }) };
  },
  on: ({ store, localLists }) => [
    onBatch(connected, (events) => localLists.onConnected(events.map(({ data }) => data))),
    onBatch(disconnected, (events) => localLists.onDisconnected(events.map(({ data }) => data))),
    onEach(STATIONS.events.deleted, ({ data }) => store.removeStation(data)),
    onCommandEnded(['GetLocalListVersion', 'SendLocalList'], (command) => localLists.onAnswered(command)),
    // N10.FR.02: a station was told to forget a driver
    onCommandEnded(['CustomerInformation'], (command) => localLists.onCustomerCleared(command)),
  ],
  jobs: ({ localLists }) => [{ name: 'local lists', everyMs: LOCAL_LIST_INTERVAL_MS, run: () => localLists.sweep() }],
  controllers: [LocalListsController],
  provides: (provide) => [provide(LocalLists, ({ localLists }) => localLists)],
});

import { CONNECTIONS, STATIONS } from '@voltbus/contracts';
import { defineBlock, onBatch, onEach } from '@voltbus/service';
import { presenceMigration } from './store/migrations/0070-presence';
import { tables } from './tables';
import { TypeormPresence } from './typeorm-presence';

const { connected, disconnected } = CONNECTIONS.events;

export const presence = defineBlock({
  name: 'presence',
  migrations: [presenceMigration],
  tables,
  store: ({ database }) => new TypeormPresence(database),
  build: ({ store }) => ({ presence: store }),
  on: ({ presence }) => [
    onBatch(connected, (events) => presence.onConnected(events.map(({ data }) => data))),
    onBatch(disconnected, (events) => presence.onDisconnected(events.map(({ data }) => data))),
    onEach(STATIONS.events.deleted, ({ data }) => presence.removeStation(data)),
  ],
});

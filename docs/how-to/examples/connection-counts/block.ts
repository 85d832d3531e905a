import { CONNECTIONS } from '@voltbus/contracts';
import { defineBlock, onEach } from '@voltbus/service';
import { ConnectionCounts } from './connection-counts';
import { ConnectionCountsController } from './connection-counts.controller';
import { TypeormConnectionCounts, connectionCountsMigration, connectionCountsTable } from './typeorm-connection-counts';

/** How often each station connects, day by day. */
export const connectionCounts = defineBlock({
  name: 'connection-counts',
  migrations: [connectionCountsMigration],
  tables: [connectionCountsTable],
  store: ({ database }) => new TypeormConnectionCounts(database),
  build: ({ store, now }) => ({ counts: new ConnectionCounts({ store, now }) }),
  on: ({ counts }) => [onEach(CONNECTIONS.events.connected, ({ data }) => counts.onConnected(data))],
  controllers: [ConnectionCountsController],
  provides: (provide) => [provide(ConnectionCounts, ({ counts }) => counts)],
});

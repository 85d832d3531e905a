import { CONNECTIONS } from '@voltbus/contracts';
import { defineBlock, onBatch } from '@voltbus/service';
import { RefusedConnectionsController } from './refused-connections.controller';
import { TypeormRefusedConnections } from './typeorm-refused-connections';
import { refusedConnectionsMigration } from './store/migrations/0060-refused-connections';
import { tables } from './store/tables';

/** Connections that gateways refused, for operators to find out why. */
export const refusedConnections = defineBlock({
  name: 'refused-connections',
  migrations: [refusedConnectionsMigration],
  tables,
  build: ({ database }) => new TypeormRefusedConnections(database),
  on: (store) => [onBatch(CONNECTIONS.events.refused, (events) => store.writeMany(events.map(({ data }) => data)))],
  controllers: [RefusedConnectionsController],
  provides: (provide) => [provide(TypeormRefusedConnections, (store) => store)],
});

import { CONNECTIONS } from '@voltbus/contracts';
import { defineBlock, onBatch } from '@voltbus/service';
import { RefusedConnectionsController } from './refused-connections.controller';
import { MAX_REFUSED_CONNECTIONS, MAX_REFUSED_CONNECTIONS_OF_ADDRESS, TypeormRefusedConnections } from './typeorm-refused-connections';
import { refusedConnectionsMigration } from './store/migrations/0060-refused-connections';

/** Connections that gateways refused, for operators to find out why. */
export const refusedConnections = defineBlock({
  name: 'refused-connections',
  migrations: [refusedConnectionsMigration],
  tables: [
    {
      tenant: 'tenant',
      station: 'station',
      name: 'refused_connections',
      holds: 'Refused connections, one row for each kind',
      madeBy: 'strangers',
      bound: `${MAX_REFUSED_CONNECTIONS} of a tenant, and of all that name none; ${MAX_REFUSED_CONNECTIONS_OF_ADDRESS} of an address: the least recent go`,
      keeping: { kind: 'aged', column: 'last_at', days: 'REFUSALS' },
    },
  ],
  build: ({ database }) => new TypeormRefusedConnections(database),
  on: (store) => [onBatch(CONNECTIONS.events.refused, (events) => store.writeMany(events.map(({ data }) => data)))],
  controllers: [RefusedConnectionsController],
  provides: (provide) => [provide(TypeormRefusedConnections, (store) => store)],
});

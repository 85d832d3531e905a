import { CONNECTIONS } from '@voltbus/contracts';
import { defineBlock, onBatch } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { MAX_TAKE_OVER_ADDRESSES } from './domain/identity-conflict';
import { IdentityConflicts } from './identity-conflicts';
import { TypeormTakeOvers } from './typeorm-take-overs';
import { identityConflictsMigration } from './store/migrations/0050-identity-conflicts';

/** Two devices under one identity: connections of a station that take its place from each other. */
export const identityConflicts = defineBlock({
  name: 'identity-conflicts',
  migrations: [identityConflictsMigration],
  tables: [
    {
      tenant: 'tenant',
      station: 'station',
      name: 'take_overs',
      holds: 'Connections that took the place of another of their station',
      madeBy: 'stations',
      bound: `${MAX_TAKE_OVER_ADDRESSES} addresses of a station: the least recent go`,
      keeping: { kind: 'with', what: 'its station' },
    },
  ],
  build: ({ database, use, now }) => ({ conflicts: new IdentityConflicts(new TypeormTakeOvers(database), use(telemetry)), now }),
  on: ({ conflicts, now }) => [
    onBatch(CONNECTIONS.events.connected, (events) =>
      conflicts.onConnected(
        events.map(({ data }) => data),
        now(),
      ),
    ),
  ],
});

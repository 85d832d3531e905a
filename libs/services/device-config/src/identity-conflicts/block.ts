import { CONNECTIONS } from '@voltbus/contracts';
import { defineBlock, onBatch } from '@voltbus/service';
import { securityEvents } from '../security-events';
import { telemetry } from '../telemetry';
import { IdentityConflicts } from './identity-conflicts';
import { TypeormTakeOvers } from './typeorm-take-overs';
import { identityConflictsMigration } from './store/migrations/0050-identity-conflicts';
import { tables } from './store/tables';

/** Two devices under one identity: connections of a station that take its place from each other. */
export const identityConflicts = defineBlock({
  name: 'identity-conflicts',
  migrations: [identityConflictsMigration],
  tables,
  build: ({ database, use, now }) => ({
    conflicts: new IdentityConflicts(new TypeormTakeOvers(database), use(telemetry), use(securityEvents).events),
    now,
  }),
  on: ({ conflicts, now }) => [
    onBatch(CONNECTIONS.events.connected, (events) =>
      conflicts.onConnected(
        events.map(({ data }) => data),
        now(),
      ),
    ),
  ],
});

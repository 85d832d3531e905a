import { COMMAND_RESULTS } from '@voltbus/contracts';
import { defineBlock, onEach } from '@voltbus/service';
import { AvailabilitySweep } from './availability-sweep';
import { ChangeAvailability } from './change-availability';
import { AvailabilityController } from './http/availability.controller';
import { wantedAvailabilityMigration } from './store/migrations/0272-wanted-availability';
import { tables } from './store/tables';
import { TypeormWantedAvailability } from './store/typeorm-wanted-availability';

/** Time between two looks for stations that came back or have lost what they accepted: a look reads what is wanted of all stations. */
const CHANGES_INTERVAL_MS = 10_000;

/** OCPP G03, G04, 1.6 section 5.2: what shall be in service and out of service. */
export const changeAvailability = defineBlock({
  name: 'change-availability',
  migrations: [wantedAvailabilityMigration],
  tables,
  store: ({ database }) => new TypeormWantedAvailability(database),
  build: ({ store, commands, sendCommand, now }) => ({
    changes: new ChangeAvailability({ store, commands, now }),
    sweep: new AvailabilitySweep({ store, sendCommand, now }),
  }),
  on: ({ changes }) => [onEach(COMMAND_RESULTS.events.ended, ({ data }) => changes.onEnded(data))],
  jobs: ({ sweep }) => [{ name: 'changes of availability', everyMs: CHANGES_INTERVAL_MS, run: () => sweep.run() }],
  controllers: [AvailabilityController],
  provides: (provide) => [provide(ChangeAvailability, ({ changes }) => changes)],
});

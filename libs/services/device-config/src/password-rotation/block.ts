import { COMMAND_RESULTS, CONNECTIONS, SealedSecrets } from '@voltbus/contracts';
import { encryptionKeys, peppers } from '@voltbus/runtime';
import { defineBlock, onBatch, onEach } from '@voltbus/service';
import { provisioning } from '../provisioning';
import { securityEvents } from '../security-events';
import { telemetry } from '../telemetry';
import { PasswordRotationsController } from './http/password-rotations.controller';
import { PasswordRotations } from './password-rotations';
import { RotationSteps } from './rotation-steps';
import { passwordRotationMigration } from './store/migrations/0230-password-rotation';
import { rotationDeliveryMigration } from './store/migrations/0391-rotation-delivery';
import { tables } from './store/tables';
import { TypeormPasswordRotations } from './store/typeorm-password-rotations';

/** Time between two looks for rotations to be sent. */
const SWEEP_INTERVAL_MS = 5_000;

/** OCPP A01: replaces the passwords by which stations prove who they are. */
export const passwordRotation = defineBlock({
  name: 'password-rotation',
  migrations: [passwordRotationMigration, rotationDeliveryMigration],
  tables,
  store: ({ database, storeOf }) => new TypeormPasswordRotations(database, storeOf(securityEvents)),
  build({ store, use, connections, settings, sendCommand, wakeRelay, now }) {
    const { evictions } = use(provisioning);
    const steps = new RotationSteps({ ...{ store, evictions, wakeRelay, now }, events: use(securityEvents).events });
    const secrets = new SealedSecrets(encryptionKeys(settings));
    const rotations = new PasswordRotations({
      ...{ store, steps, evictions, connections, sendCommand, now, secrets, telemetry: use(telemetry) },
      peppers: peppers(settings),
    });
    return { store, rotations };
  },
  on: ({ rotations }) => [
    onEach(COMMAND_RESULTS.events.ended, ({ data }) => rotations.onEnded(data)),
    // by batches, as all blocks here take it: one that took each event by itself would make the others do so too
    onBatch(CONNECTIONS.events.connected, async (events) => {
      for (const { data } of events) await rotations.onConnected(data);
    }),
  ],
  jobs: ({ rotations }) => [{ name: 'rotations of passwords', everyMs: SWEEP_INTERVAL_MS, run: () => rotations.sweep() }],
  controllers: [PasswordRotationsController],
  provides: (provide) => [
    provide(PasswordRotations, ({ rotations }) => rotations),
    provide(TypeormPasswordRotations, ({ store }) => store),
  ],
});

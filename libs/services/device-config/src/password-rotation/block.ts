import { COMMAND_RESULTS, CONNECTIONS, SealedSecrets } from '@voltbus/contracts';
import { encryptionKeys, peppers } from '@voltbus/runtime';
import { defineBlock, onEach } from '@voltbus/service';
import { provisioning } from '../provisioning';
import { securityEvents } from '../security-events';
import { telemetry } from '../telemetry';
import { PasswordCampaignsController } from './http/password-campaigns.controller';
import { PasswordRotationsController } from './http/password-rotations.controller';
import { PasswordCampaigns } from './password-campaigns';
import { PasswordRotations } from './password-rotations';
import { RotationSteps } from './rotation-steps';
import { passwordRotationMigration } from './store/migrations/0230-password-rotation';
import { tables } from './store/tables';
import { TypeormPasswordCampaigns } from './store/typeorm-password-campaigns';
import { TypeormPasswordRotations } from './store/typeorm-password-rotations';

/** Time between two looks for rotations to be sent, and for stations of campaigns whose turn has come. */
const SWEEP_INTERVAL_MS = 5_000;

/** OCPP A01: replaces the passwords by which stations prove who they are, one by one or of a fleet. */
export const passwordRotation = defineBlock({
  name: 'password-rotation',
  migrations: [passwordRotationMigration],
  tables,
  store: ({ database, storeOf }) => ({
    rotations: new TypeormPasswordRotations(database, storeOf(securityEvents)),
    campaigns: new TypeormPasswordCampaigns(database),
  }),
  build({ store, use, connections, settings, sendCommand, wakeRelay, now }) {
    const { evictions } = use(provisioning);
    const steps = new RotationSteps({ ...{ store: store.rotations, evictions, wakeRelay, now }, events: use(securityEvents).events });
    const secrets = new SealedSecrets(encryptionKeys(settings));
    const rotations = new PasswordRotations({
      ...{ store: store.rotations, steps, evictions, connections, sendCommand, now, secrets, telemetry: use(telemetry) },
      peppers: peppers(settings),
    });
    const campaigns = new PasswordCampaigns({ store: store.campaigns, rotations, now, random: Math.random });
    return { store, rotations, campaigns };
  },
  on: ({ rotations }) => [
    onEach(COMMAND_RESULTS.events.ended, ({ data }) => rotations.onEnded(data)),
    onEach(CONNECTIONS.events.connected, ({ data }) => rotations.onConnected(data)),
  ],
  jobs: ({ rotations, campaigns }) => [
    { name: 'campaigns of passwords', everyMs: SWEEP_INTERVAL_MS, run: () => campaigns.sweep() },
    { name: 'rotations of passwords', everyMs: SWEEP_INTERVAL_MS, run: () => rotations.sweep() },
  ],
  controllers: [PasswordRotationsController, PasswordCampaignsController],
  provides: (provide) => [
    provide(PasswordRotations, ({ rotations }) => rotations),
    provide(PasswordCampaigns, ({ campaigns }) => campaigns),
    provide(TypeormPasswordRotations, ({ store }) => store.rotations),
    provide(TypeormPasswordCampaigns, ({ store }) => store.campaigns),
  ],
});

import { COMMAND_RESULTS, CONNECTIONS } from '@voltbus/contracts';
import { defineBlock, onBatch, onEach } from '@voltbus/service';
import { deviceModel } from '../device-model';
import { securityEvents } from '../security-events';
import { SecurityProfileUpgradesController } from './http/security-profile-upgrades.controller';
import { SWEEP_INTERVAL_MS } from './limits';
import { SecurityProfileUpgrades } from './security-profile-upgrades';
import { securityProfileUpgradesMigration } from './store/migrations/0361-security-profile-upgrades';
import { upgradeDeliveryMigration } from './store/migrations/0390-upgrade-delivery';
import { tables } from './store/tables';
import { TypeormUpgrades } from './store/typeorm-upgrades';
import { UpgradeSteps } from './upgrade-steps';

/** OCPP A05: raises the security profiles of stations, and watches that they come back. */
export const securityProfileUpgrade = defineBlock({
  name: 'security-profile-upgrade',
  migrations: [securityProfileUpgradesMigration, upgradeDeliveryMigration],
  tables,
  store: ({ database, storeOf }) => new TypeormUpgrades(database, storeOf(securityEvents)),
  build({ store, use, sendCommand, wakeRelay, now }) {
    const steps = new UpgradeSteps({ store, events: use(securityEvents).events, wakeRelay, now });
    return { store, upgrades: new SecurityProfileUpgrades({ store, steps, slots: use(deviceModel).store, sendCommand, now }) };
  },
  on: ({ upgrades }) => [
    onEach(COMMAND_RESULTS.events.ended, ({ data }) => upgrades.onEnded(data)),
    onBatch(CONNECTIONS.events.connected, (events) => upgrades.onConnected(events.map(({ data }) => data))),
  ],
  jobs: ({ upgrades }) => [{ name: 'upgrades of security profiles', everyMs: SWEEP_INTERVAL_MS, run: () => upgrades.sweep() }],
  controllers: [SecurityProfileUpgradesController],
  provides: (provide) => [provide(SecurityProfileUpgrades, ({ upgrades }) => upgrades), provide(TypeormUpgrades, ({ store }) => store)],
});

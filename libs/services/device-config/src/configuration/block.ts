import { COMMAND_RESULTS } from '@voltbus/contracts';
import { defineBlock, onEach } from '@voltbus/service';
import { deviceModel } from '../device-model';
import { ConfigurationChecks } from './configuration-checks';
import { Configurations } from './configurations';
import { ConfigurationsController } from './http/configurations.controller';
import { ConfigurationProfilesController } from './http/profiles.controller';
import { configurationMigration } from './store/migrations/0210-configuration';
import { unreadChecksMigration } from './store/migrations/0220-unread-checks';
import { tables } from './store/tables';
import { TypeormProfiles } from './store/typeorm-profiles';
import { TypeormStationConfigurations } from './store/typeorm-station-configurations';

/** Time between two looks for stations to check: a look reads all stations of tenants that have profiles. */
const CHECKS_INTERVAL_MS = 15_000;

/** What stations shall be set to: profiles of a tenant, values of a station's own, and the checks that keep them so. */
export const configuration = defineBlock({
  name: 'configuration',
  migrations: [configurationMigration, unreadChecksMigration],
  tables,
  store: ({ database }) => ({ profiles: new TypeormProfiles(database), stations: new TypeormStationConfigurations(database) }),
  build({ store, use, sendCommand, settings, now }) {
    const checks = new ConfigurationChecks({
      ...{ store: store.stations, profiles: store.profiles, model: use(deviceModel), sendCommand, now },
      atOnce: settings.CONFIGURATIONS_AT_ONCE,
      everyHours: settings.CONFIGURATION_HOURS,
      random: Math.random,
    });
    return { store, checks, configurations: new Configurations({ store: store.stations, profiles: store.profiles, checks, now }) };
  },
  on: ({ checks }) => [onEach(COMMAND_RESULTS.events.ended, ({ data }) => checks.onEnded(data))],
  jobs: ({ checks }) => [{ name: 'checks of configurations', everyMs: CHECKS_INTERVAL_MS, run: () => checks.sweep() }],
  controllers: [ConfigurationProfilesController, ConfigurationsController],
  provides: (provide) => [
    provide(Configurations, ({ configurations }) => configurations),
    provide(TypeormProfiles, ({ store }) => store.profiles),
    provide(TypeormStationConfigurations, ({ store }) => store.stations),
  ],
});

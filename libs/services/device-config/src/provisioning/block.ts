import { CONNECTIONS, PROFILE_REQUESTS } from '@voltbus/contracts';
import { KNOWN_STATIONS, STATIONS_SHOWN, STATION_GROUPS } from '@voltbus/http';
import { v16, v21 } from '@voltbus/ocpp';
import { peppers } from '@voltbus/runtime';
import { answer, defineBlock, onBatch, onEach } from '@voltbus/service';
import { TypeormStationQuirks, quirks } from '../quirks';
import { stationChanges } from '../station-changes';
import { telemetry } from '../telemetry';
import { onProfileRequest } from './events/on-profile-request';
import { Evictions } from './evictions';
import { heartbeat } from './heartbeat';
import { StationsController } from './http/stations.controller';
import { stationsShown } from './http/stations-shown';
import { bootNotification as bootNotification16 } from './ocpp16/boot-notification';
import { bootNotification } from './ocpp2/boot-notification';
import { RegistrationGrants } from './registration-grants';
import { StationDirectory } from './station-directory';
import { StationProfiles } from './station-profiles';
import { Stations } from './stations';
import { TypeormEvictions } from './store/typeorm-evictions';
import { TypeormStationGroups } from './store/typeorm-station-groups';
import { TypeormStationReferences } from './store/typeorm-station-references';
import { TypeormStationViews } from './store/typeorm-station-views';
import { TypeormStations } from './store/typeorm-stations';
import { provisioningMigration } from './store/migrations/0030-provisioning';
import { bootReasonMigration } from './store/migrations/0371-boot-reason';
import { stationDescriptionMigration } from './store/migrations/0130-station-description';
import { securityProfilesMigration } from './store/migrations/0191-security-profiles';
import { TypeormKeyHashes } from './store/typeorm-key-hashes';
import { TypeormReachedProfiles } from './store/typeorm-reached-profiles';
import { tables } from './store/tables';

/** How long an eviction waits that could not be made at once. */
const EVICTION_INTERVAL_MS = 5_000;

/** OCPP block B and the part of A that is not certificates: which stations there are, how they are admitted, their boots. */
export const provisioning = defineBlock({
  name: 'provisioning',
  migrations: [provisioningMigration, stationDescriptionMigration, securityProfilesMigration, bootReasonMigration],
  tables,
  store: ({ database, outbox, metrics, settings }) => ({
    stations: new TypeormStations(
      database,
      { outbox, quirks: new TypeormStationQuirks(database), maxRegistered: settings.MAX_REGISTERED_STATIONS },
      metrics,
    ),
    evictions: new TypeormEvictions(database),
    reached: new TypeormReachedProfiles(database),
    keyHashes: new TypeormKeyHashes(database),
    views: new TypeormStationViews(database),
    references: new TypeormStationReferences(database),
    groups: new TypeormStationGroups(database),
  }),
  build({ store, bus, connections, settings, sendCommand, use }) {
    const [counted, changes] = [use(telemetry), use(stationChanges)];
    const profiles = new StationProfiles({ stations: store.stations, connections, bus, telemetry: counted });
    const evictions = new Evictions({
      ...{ store: store.evictions, connections, bus, telemetry: counted },
      quirksOf: (ref) => use(quirks).of(ref),
    });
    const stations = new Stations({
      ...{ store: store.stations, profiles, evictions, changes, telemetry: counted },
      grants: new RegistrationGrants({ connections, telemetry: counted, sendCommand }),
      peppers: peppers(settings),
    });
    const directory = new StationDirectory({ views: store.views, connections, telemetry: counted });
    return {
      stations,
      references: store.references,
      groups: store.groups,
      directory,
      profiles,
      evictions,
      reached: store.reached,
      keyHashes: store.keyHashes,
      telemetry: counted,
      heartbeatSeconds: settings.HEARTBEAT_SECONDS,
    };
  },
  answers: ({ stations, heartbeatSeconds }) => [
    answer(v16.BootNotification, bootNotification16(stations, heartbeatSeconds)),
    answer(v21.BootNotification, bootNotification(stations, heartbeatSeconds)),
    answer(v16.Heartbeat, heartbeat()),
    answer(v21.Heartbeat, heartbeat()),
  ],
  on: ({ stations, evictions, reached, keyHashes, profiles, telemetry: counted }) => [
    onProfileRequest(profiles, counted),
    onEach(PROFILE_REQUESTS.events.rehashed, ({ data }) => keyHashes.add(data)),
    onBatch(CONNECTIONS.events.connected, async (events) => {
      const connected = events.map(({ data }) => data);
      await evictions.ofUnwelcome(connected);
      for (const ref of await reached.raise(connected)) await evictions.of(ref);
    }),
    onEach(CONNECTIONS.events.protocolMismatch, ({ data: { tenant, station, spoken, epoch } }) =>
      stations.pin({ tenant, station }, { protocol: spoken, epoch }),
    ),
  ],
  jobs: ({ evictions }) => [{ name: 'evictions', everyMs: EVICTION_INTERVAL_MS, run: () => evictions.sweep() }],
  controllers: [StationsController],
  provides: (provide) => [
    provide(Stations, ({ stations }) => stations),
    provide(StationDirectory, ({ directory }) => directory),
    provide(KNOWN_STATIONS, ({ references }) => references),
    provide(STATION_GROUPS, ({ groups }) => groups),
    provide(STATIONS_SHOWN, ({ directory }) => stationsShown(directory)),
  ],
});

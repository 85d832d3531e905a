import { STATIONS } from '@voltbus/contracts';
import { defineBlock, onEach } from '@voltbus/service';
import { stationDescriptionsMigration } from './migrations/0050-station-descriptions';
import { TypeormStationDescriptions, stationDescriptionsTable } from './typeorm-station-descriptions';

/** Where stations stand, as device-config publishes it, for the CDRs of their sessions. */
export const stationDescriptions = defineBlock({
  name: 'station-descriptions',
  migrations: [stationDescriptionsMigration],
  tables: [stationDescriptionsTable],
  store: ({ database }) => new TypeormStationDescriptions(database),
  build: ({ store }) => store,
  on: (descriptions) => [
    onEach(STATIONS.events.described, ({ data: { tenant, station, name, place, evseIds }, time }) =>
      descriptions.add({ tenant, station }, { name, place, evseIds }, time),
    ),
    onEach(STATIONS.events.deleted, ({ data, time }) => descriptions.add(data, null, time)),
  ],
});

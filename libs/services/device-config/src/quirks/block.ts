import { defineBlock } from '@voltbus/service';
import { quirkProfilesMigration } from './store/migrations/0370-quirk-profiles';
import { tables } from './store/tables';
import { TypeormStationQuirks } from './store/typeorm-station-quirks';

/** What is switched for which station: the part that others ask. Profiles are changed by `quirk-profiles`. */
export const quirks = defineBlock({
  name: 'quirks',
  migrations: [quirkProfilesMigration],
  tables,
  store: ({ database }) => new TypeormStationQuirks(database),
  build: ({ store }) => store,
  provides: (provide) => [provide(TypeormStationQuirks, (store) => store)],
});

import { defineBlock } from '@voltbus/service';
import { UptimeExclusionsController } from './http/exclusions.controller';
import { UptimeController } from './http/uptime.controller';
import { uptimeExclusionsMigration } from './store/migrations/0273-uptime-exclusions';
import { tables } from './store/tables';
import { TypeormPorts } from './store/typeorm-ports';
import { TypeormUptimeExclusions } from './store/typeorm-uptime-exclusions';
import { UptimeReports } from './uptime-reports';

/** How much of each month ports could be used, by 23 CFR 680.116 and SI 2023/1168. */
export const uptime = defineBlock({
  name: 'uptime',
  migrations: [uptimeExclusionsMigration],
  tables,
  store: ({ database }) => ({ ports: new TypeormPorts(database), exclusions: new TypeormUptimeExclusions(database) }),
  build: ({ store, now }) => ({ ...store, reports: new UptimeReports({ ...store, now }) }),
  controllers: [UptimeController, UptimeExclusionsController],
  provides: (provide) => [
    provide(TypeormPorts, ({ ports }) => ports),
    provide(TypeormUptimeExclusions, ({ exclusions }) => exclusions),
    provide(UptimeReports, ({ reports }) => reports),
  ],
});

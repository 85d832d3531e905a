import { COMMAND_RESULTS } from '@voltbus/contracts';
import { v21 } from '@voltbus/ocpp';
import { answer, defineBlock, onEach } from '@voltbus/service';
import { MonitorsController } from './http/monitors.controller';
import { Monitors } from './monitors';
import { notifyMonitoringReport } from './ocpp2/notify-monitoring-report';
import { monitoringMigration } from './store/migrations/0275-monitoring';
import { tables } from './store/tables';
import { TypeormMonitoring } from './store/typeorm-monitoring';

/** OCPP N02 to N06: monitors of stations. */
export const monitoring = defineBlock({
  name: 'monitoring',
  migrations: [monitoringMigration],
  tables,
  store: ({ database }) => new TypeormMonitoring(database),
  build: ({ store, commands, now }) => ({ store, monitors: new Monitors({ store, commands, now }) }),
  answers: ({ monitors }) => [answer(v21.NotifyMonitoringReport, notifyMonitoringReport(monitors))],
  on: ({ monitors }) => [onEach(COMMAND_RESULTS.events.ended, ({ data }) => monitors.onEnded(data))],
  controllers: [MonitorsController],
  provides: (provide) => [provide(Monitors, ({ monitors }) => monitors), provide(TypeormMonitoring, ({ store }) => store)],
});

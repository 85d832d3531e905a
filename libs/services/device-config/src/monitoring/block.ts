import { COMMAND_RESULTS } from '@voltbus/contracts';
import { v21 } from '@voltbus/ocpp';
import { answer, defineBlock, onEach } from '@voltbus/service';
import { deviceModel } from '../device-model';
import { MonitorsController } from './http/monitors.controller';
import { MonitorSettings } from './monitor-settings';
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
  build({ store, use, commands, now }) {
    const monitors = new Monitors({ store, commands, now });
    const { store: model, limits } = use(deviceModel);
    return { store, monitors, settings: new MonitorSettings({ model, limits, monitors, commands, now }) };
  },
  answers: ({ monitors }) => [answer(v21.NotifyMonitoringReport, notifyMonitoringReport(monitors))],
  on: ({ monitors }) => [onEach(COMMAND_RESULTS.events.ended, ({ data }) => monitors.onEnded(data))],
  controllers: [MonitorsController],
  provides: (provide) => [
    provide(Monitors, ({ monitors }) => monitors),
    provide(MonitorSettings, ({ settings }) => settings),
    provide(TypeormMonitoring, ({ store }) => store),
  ],
});

import { COMMAND_RESULTS } from '@voltbus/contracts';
import { STATION_MESSAGE_LIMITS } from '@voltbus/http';
import { v21 } from '@voltbus/ocpp';
import { StationAllowance, answer, defineBlock, onEach, type BuildContext } from '@voltbus/service';
import { quirks } from '../quirks';
import { telemetry } from '../telemetry';
import { DeviceModel } from './device-model';
import { VariablesController } from './http/variables.controller';
import { CHANGES_ALLOWANCE } from './limits';
import { notifyReport } from './ocpp2/notify-report';
import { ReportRequests } from './report-requests';
import { Reports } from './reports';
import { StationLimits } from './station-limits';
import { deviceModelMigration } from './store/migrations/0200-device-model';
import { tables } from './store/tables';
import { TypeormDeviceModel } from './store/typeorm-device-model';
import { TypeormDeviceModelLists } from './store/typeorm-device-model-lists';
import { TypeormReportSchedule } from './store/typeorm-report-schedule';
import { VariableResults } from './variable-results';
import { VariableSettings } from './variable-settings';

/** Time between two looks for stations that booted with another firmware. */
const REPORTS_INTERVAL_MS = 5_000;

interface Stores {
  model: TypeormDeviceModel;
  schedule: TypeormReportSchedule;
  lists: TypeormDeviceModelLists;
}

function build({ store, use, commands, sendCommand, settings, now }: BuildContext<Stores>) {
  const counted = use(telemetry);
  const allowance = new StationAllowance({
    ...CHANGES_ALLOWANCE,
    beyond: (_, count) => counted.variableChangesNotKept(count),
    now: () => now().getTime(),
  });
  const model = new DeviceModel({ store: store.model, allowance });
  const reports = new Reports({ store: store.model, model });
  const shared = { store: store.model, commands, now };
  const limits = new StationLimits(store.model, use(quirks));
  const requests = new ReportRequests({
    ...{ ...shared, schedule: store.schedule, reports, limits, telemetry: counted, sendCommand },
    atOnce: settings.REPORTS_AT_ONCE,
  });
  const results = new VariableResults({ store: store.model, model, requests });
  return {
    model,
    reports,
    requests,
    results,
    limits,
    store: store.model,
    lists: store.lists,
    variableSettings: new VariableSettings({ ...shared, limits, results }),
  };
}

/** OCPP blocks B05 to B08, 1.6 sections 5.3 and 5.8: what stations are set to, whatever the version. */
export const deviceModel = defineBlock({
  name: 'device-model',
  migrations: [deviceModelMigration],
  tables,
  store: ({ database }): Stores => ({
    model: new TypeormDeviceModel(database),
    schedule: new TypeormReportSchedule(database),
    lists: new TypeormDeviceModelLists(database),
  }),
  build,
  answers: ({ reports }) => [answer(v21.NotifyReport, notifyReport(reports))],
  on: ({ results }) => [onEach(COMMAND_RESULTS.events.ended, ({ data }) => results.onEnded(data))],
  jobs: ({ requests }) => [{ name: 'reports of variables', everyMs: REPORTS_INTERVAL_MS, run: () => requests.sweep() }],
  controllers: [VariablesController],
  provides: (provide) => [
    provide(TypeormDeviceModelLists, ({ lists }) => lists),
    provide(VariableSettings, ({ variableSettings }) => variableSettings),
    provide(ReportRequests, ({ requests }) => requests),
    provide(STATION_MESSAGE_LIMITS, ({ limits }) => limits),
  ],
});

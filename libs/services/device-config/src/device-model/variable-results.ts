import type { Command } from '@voltbus/contracts';
import type { DeviceModel } from './device-model';
import type { Observation } from './domain/observation';
import { observationsOfChange } from './ocpp16/configuration-answers';
import { observationsOfGet, observationsOfSet } from './ocpp2/variable-answers';
import type { ReportRequests } from './report-requests';
import { endOf } from './reports';
import type { TypeormDeviceModel } from './store/typeorm-device-model';

/** Actions whose results show variables, whoever sent the command. */
const VARIABLE_ACTIONS: ReadonlySet<string> = new Set([
  ...['GetVariables', 'SetVariables', 'GetBaseReport', 'GetReport'],
  ...['GetConfiguration', 'ChangeConfiguration'],
]);

interface VariableResultsParts {
  store: Pick<TypeormDeviceModel, 'actorOf'>;
  model: DeviceModel;
  requests: ReportRequests;
}

/** What the ends of commands show of variables. An end may come twice. */
export class VariableResults {
  constructor(private readonly parts: VariableResultsParts) {}

  async onEnded(command: Command): Promise<void> {
    const { tenant, station, action, status, payload, response } = command;
    if (!VARIABLE_ACTIONS.has(action)) return;
    await this.parts.requests.onEnded(command);
    if (status !== 'answered') return;
    const ref = { tenant, station };
    const [at, id] = [endOf(command), command.id];
    if (action === 'GetVariables') await this.parts.model.observe(ref, observationsOfGet(response), { source: 'read', at, command: id });
    const set = OBSERVATIONS_OF_SETTING[action]?.(payload, response) ?? [];
    if (set.length === 0) return;
    const actor = await this.parts.store.actorOf(tenant, id);
    await this.parts.model.observe(ref, set, { source: 'set', at, command: id, actor });
  }
}

const OBSERVATIONS_OF_SETTING: Readonly<Record<string, (request: unknown, response: unknown) => Observation[]>> = {
  SetVariables: observationsOfSet,
  ChangeConfiguration: observationsOfChange,
};

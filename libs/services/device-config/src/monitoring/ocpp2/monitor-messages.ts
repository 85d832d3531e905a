import { stationNumber } from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';
import { wireNames } from '../../device-model';
import type { WantedMonitor } from '../domain/monitor-setting';

/** N04, N11: a monitor as SetVariableMonitoring has it. */
export function setData({ name, id, type, value, severity, transaction, stream }: WantedMonitor): v21.SetMonitoringDataType {
  const params = {
    ...(stream?.interval === null || stream === null ? {} : { interval: stream.interval }),
    ...(stream?.values === null || stream === null ? {} : { values: stream.values }),
  };
  return {
    ...{ ...(id === null ? {} : { id }), type: type as v21.SetMonitoringDataType['type'], value, severity, ...wireNames(name) }, // the router checks it by the version
    ...(transaction ? { transaction } : {}),
    ...(stream === null ? {} : { periodicEventStream: params }),
  };
}

/** By which an answer belongs to what was asked: a station may answer in any order, and write names as it likes. */
export function statusKey({
  component,
  variable,
  type,
  severity,
}: Pick<v21.SetMonitoringDataType, 'component' | 'variable' | 'type' | 'severity'>): string {
  const names = [component.name, component.instance, variable.name, variable.instance].map((name) => (name ?? '').toLowerCase());
  return JSON.stringify([...names, component.evse?.id, component.evse?.connectorId, type, severity]);
}

/** The results of SetVariableMonitoring, by what they are about; several may be alike. */
export function setStatuses(response: unknown): Map<string, v21.SetMonitoringResultType[]> {
  const { setMonitoringResult = [] } = (response ?? {}) as Partial<v21.SetVariableMonitoringResponse>; // the gateway has checked it
  const statuses = new Map<string, v21.SetMonitoringResultType[]>();
  for (const result of setMonitoringResult) statuses.set(statusKey(result), [...(statuses.get(statusKey(result)) ?? []), result]);
  return statuses;
}

/** The results of ClearVariableMonitoring, by id. */
export function clearedStatuses(response: unknown): Map<number, unknown> {
  const { clearMonitoringResult = [] } = (response ?? {}) as Partial<v21.ClearVariableMonitoringResponse>; // the gateway has checked it
  return new Map(clearMonitoringResult.flatMap(({ id, status }) => (stationNumber(id) === null ? [] : [[id, status] as const])));
}

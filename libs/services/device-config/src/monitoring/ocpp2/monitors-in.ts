import { asText, stationNumber } from '@voltbus/contracts';
import type { v201, v21 } from '@voltbus/ocpp';
import { nameOf } from '../../device-model';
import type { Monitor } from '../domain/monitor';

const MAX_TYPE_LENGTH = 50;
/** Debug, by the scale of OCPP. */
const LEAST_SEVERE = 9;

/** N02: the monitors of a part of a report. Those whose names or numbers cannot be kept are left out. */
export function monitorsIn({ monitor: reported = [] }: Pick<v21.NotifyMonitoringReportRequest, 'monitor'>): Monitor[] {
  return reported.flatMap(({ component, variable, variableMonitoring }) =>
    variableMonitoring.flatMap((one) => monitorOf({ component, variable }, { ...one, kind: one.eventNotificationType ?? null }) ?? []),
  );
}

/** N04: the monitors that the answer to a SetVariableMonitoring accepts, with what the request wanted of them. */
export function monitorsSet(request: unknown, response: unknown): Monitor[] {
  const { setMonitoringData: wanted = [] } = request as Partial<v201.SetVariableMonitoringRequest>; // the router has checked it
  const { setMonitoringResult: results = [] } = (response ?? {}) as Partial<v201.SetVariableMonitoringResponse>; // the gateway has
  const left = [...wanted];
  return results.flatMap(({ id, status, type, component, variable }) => {
    const key = keyOf({ component, variable, type });
    const at = left.findIndex((one) => keyOf(one) === key); // results may come in any order
    const [asked] = at < 0 ? [] : left.splice(at, 1);
    if (asked === undefined || status !== 'Accepted') return [];
    return monitorOf(asked, { ...asked, id: id ?? asked.id, transaction: asked.transaction ?? false, kind: 'CustomMonitor' }) ?? [];
  });
}

/** N06: the monitors that are not there any more. */
export function monitorsCleared(response: unknown): number[] {
  const { clearMonitoringResult = [] } = (response ?? {}) as Partial<v201.ClearVariableMonitoringResponse>; // the gateway has checked its shape
  return clearMonitoringResult.flatMap(({ id, status }) => (status === 'Rejected' ? [] : (stationNumber(id) ?? [])));
}

interface Named {
  component: { name: string; instance?: string; evse?: { id: number; connectorId?: number } };
  variable: { name: string; instance?: string };
}

function keyOf({ component, variable, type }: Named & { type: string }): string {
  const { evse } = component;
  const names = [component.name, component.instance, variable.name, variable.instance].map((name) => (name ?? '').toLowerCase());
  return JSON.stringify([...names, evse?.id, evse?.connectorId, type]);
}

interface Settings {
  id?: unknown;
  type: string;
  value: number;
  severity: number;
  transaction: boolean;
  kind: string | null;
}

function monitorOf(named: Named, { id: written, type, value, severity, transaction, kind }: Settings): Monitor | null {
  const [name, id] = [nameOf(named), stationNumber(written)];
  if (name === null || id === null || !Number.isFinite(value)) return null;
  const { key: _none, component, ...names } = name;
  if (component === null) return null;
  return {
    ...{ ...names, component, id, value, transaction, severity: stationNumber(severity) ?? LEAST_SEVERE },
    type: asText(type.slice(0, MAX_TYPE_LENGTH)),
    kind: kind === null ? null : asText(kind.slice(0, MAX_TYPE_LENGTH)),
  };
}

import { accepted, listOf, recordOf } from './payload-values';
import type { CommandHandler, Payload, StationControls } from './station-controls';

/** Monitors in one part of a report. */
const MONITORS_PER_PART = 2;

/** N02 to N06, N11 to N14: what a station does with its monitors and streams. */
export const MONITOR_COMMANDS: Readonly<Record<string, CommandHandler>> = {
  AdjustPeriodicEventStream: ({ id, params }, controls) => ({
    status: controls.monitors().adjust(Number(id), recordOf(params)) ? 'Accepted' : 'Rejected',
  }),
  ClearVariableMonitoring: ({ id }, controls) => ({
    clearMonitoringResult: (Array.isArray(id) ? id : []).map((one) => ({ id: Number(one), status: clear(Number(one), controls) })),
  }),
  GetMonitoringReport: report,
  GetPeriodicEventStream: (_payload, controls) => {
    const constantStreamData = controls.monitors().openStreams();
    return constantStreamData.length === 0 ? {} : { constantStreamData };
  },
  SetMonitoringBase: accepted,
  SetMonitoringLevel: ({ severity }) => ({ status: Number(severity) <= 9 ? 'Accepted' : 'Rejected' }),
  SetVariableMonitoring: ({ setMonitoringData }, controls) => ({
    setMonitoringResult: listOf(setMonitoringData).map((data) => set(data, controls)),
  }),
};

function set(data: Payload, controls: StationControls): object {
  const { component, variable, type, severity, periodicEventStream } = data;
  const result = controls.monitors().set(data);
  if (result.id !== undefined && periodicEventStream !== undefined) {
    const constantStreamData = controls.monitors().open(result.id, recordOf(periodicEventStream));
    controls.sendMessages('OpenPeriodicEventStream', [{ constantStreamData }]);
  }
  return { component, variable, type, severity, ...result };
}

function clear(id: number, controls: StationControls): string {
  const hadStream = controls.monitors().openStreams().some((stream) => stream['variableMonitoringId'] === id); // prettier-ignore
  if (hadStream) controls.sendMessages('ClosePeriodicEventStream', [{ id }]);
  return controls.monitors().clear(id);
}

/** N02: all of them, whatever the criteria; a station has few. */
function report({ requestId }: Payload, controls: StationControls): object {
  const monitor = controls.monitors().list().map(({ component, variable, id, transaction = false, value, type, severity }) => ({
    ...{ component, variable, variableMonitoring: [{ id, transaction, value, type, severity }] },
    ...(controls.isOf21() ? { variableMonitoring: [{ id, transaction, value, type, severity, eventNotificationType: 'CustomMonitor' }] } : {}),
  })); // prettier-ignore
  if (monitor.length === 0) return { status: 'EmptyResultSet' };
  const parts = Array.from({ length: Math.ceil(monitor.length / MONITORS_PER_PART) }, (_, nth) =>
    monitor.slice(nth * MONITORS_PER_PART, (nth + 1) * MONITORS_PER_PART),
  );
  controls.sendReport(
    'NotifyMonitoringReport',
    parts.map((some, nth) => ({ requestId, tbc: nth < parts.length - 1, monitor: some })),
  );
  return accepted();
}

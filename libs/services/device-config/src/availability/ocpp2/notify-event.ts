import { stationNumber } from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';
import type { StationMessage, StoreMany } from '@voltbus/service';
import { statusTime } from '../domain/status-time';
import type { ProblemReport, TypeormConnectorProblems } from '../store/typeorm-connector-problems';
import type { StatusReport, TypeormConnectors } from '../store/typeorm-connectors';
import type { TypeormUnhandledMessages } from '../../unhandled-messages/typeorm-unhandled-messages';

const STATUSES: ReadonlySet<string> = new Set<v21.StatusNotificationRequest['connectorStatus']>([
  'Available',
  'Occupied',
  'Reserved',
  'Unavailable',
  'Faulted',
]);

/** N07, N08: kept as it came. G01, G05: a station may report a connector's state and its faults here instead of by StatusNotification. */
export function notifyEvent(store: {
  messages: TypeormUnhandledMessages;
  connectors: TypeormConnectors;
  problems: TypeormConnectorProblems;
}): StoreMany {
  return {
    shape: 'batch',
    async store(messages: StationMessage<v21.NotifyEventRequest>[]) {
      await store.messages.writeMany(messages);
      const reports = messages.flatMap(connectorStates);
      if (reports.length > 0) await store.connectors.writeMany(reports);
      const problems = messages.flatMap(problemsOf);
      if (problems.length > 0) await store.problems.writeMany(problems);
    },
  };
}

function connectorStates({ ref, payload, receivedAt, returnTo }: StationMessage<v21.NotifyEventRequest>): StatusReport[] {
  return payload.eventData.flatMap(({ component, variable, actualValue, timestamp }) => {
    const { evse, name } = component;
    if (name !== 'Connector' || variable.name !== 'AvailabilityState') return [];
    const [id, connector] = [stationNumber(evse?.id), stationNumber(evse?.connectorId)];
    if (id === null || connector === null || !STATUSES.has(actualValue)) return [];
    const at = statusTime(timestamp, receivedAt);
    return [{ ...ref, evse: id, connector, status: actualValue, errorCode: null, at, epoch: returnTo.epoch }];
  });
}

/** The Problem of any component of the station, an EVSE or a connector. An event that clears its monitor (N08) says that it is over, whatever value it carries. */
function problemsOf({ ref, payload, receivedAt, returnTo }: StationMessage<v21.NotifyEventRequest>): ProblemReport[] {
  return payload.eventData.flatMap(({ component, variable, actualValue, timestamp, cleared, techCode, techInfo }) => {
    const [evse, connector] = [stationNumber(component.evse?.id ?? 0), stationNumber(component.evse?.connectorId ?? 0)];
    if (variable.name !== 'Problem' || evse === null || connector === null) return [];
    const active = cleared !== true && actualValue.trim().toLowerCase() === 'true';
    const [code, info] = [techCode ?? null, techInfo ?? null];
    const at = statusTime(timestamp, receivedAt);
    return [{ ...ref, evse, connector, component: component.name, active, code, info, at, epoch: returnTo.epoch }];
  });
}

import { availabilityEvents, deterministicId, stationNumber } from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';
import type { StationMessage, StoreMany, TypeormUnhandledMessages } from '@voltbus/service';
import { eventsIn, type DeviceEvents } from '../../device-events';
import { observeEventValues, type DeviceModel } from '../../device-model';
import type { ConnectorStates } from '../connector-states';
import { NO_VENDOR_CODE, timesOf } from '../domain/status-time';
import type { ProblemReport } from '../store/typeorm-connector-problems';
import type { StatusReport } from '../store/typeorm-connectors';

type Message = StationMessage<v21.NotifyEventRequest>;

const STATUSES: ReadonlySet<string> = new Set<v21.StatusNotificationRequest['connectorStatus']>([
  'Available',
  'Occupied',
  'Reserved',
  'Unavailable',
  'Faulted',
]);

interface NotifyEventParts {
  states: Pick<ConnectorStates, 'report' | 'reportProblems'>;
  unhandled: Pick<TypeormUnhandledMessages, 'writeMany'>;
  events: Pick<DeviceEvents, 'record'>;
  deviceModel: Pick<DeviceModel, 'observe'>;
}

/**
 * N07, N08: events are kept; a message with one that cannot be read is stored as received, too. G01, G05: a station may report a connector's state and its faults here instead of by
 * StatusNotification.
 */
export function notifyEvent({
  states,
  unhandled,
  events,
  deviceModel,
}: NotifyEventParts): StoreMany<v21.NotifyEventRequest, v21.NotifyEventResponse> {
  return {
    shape: 'batch',
    async store(messages) {
      const read = messages.map((message) => eventsIn(message, (written) => timesOf(message, written)));
      await unhandled.writeMany(messages.filter(({ payload }, at) => payload.eventData.length > (read[at]?.length ?? 0)));
      await events.record(read.flat());
      await states.report(messages.flatMap(statesOf));
      await states.reportProblems(messages.flatMap(problemsOf));
      await observeEventValues(deviceModel, messages);
    },
  };
}

function statesOf(message: Message): StatusReport[] {
  const { ref, payload } = message;
  const known = availabilityEvents(payload).filter(({ state }) => STATUSES.has(state));
  return known.map(({ evse, connector, state, timestamp }, nth) => {
    const base = { ...ref, evse, connector, status: state, errorCode: null, ...NO_VENDOR_CODE };
    return { ...base, ...timesOf(message, timestamp), id: eventReportId('state', message, nth) };
  });
}

/** The variable Problem of any component of the station, an EVSE or a connector. An event that clears its monitor (N08) ends the problem, whatever value it carries. */
function problemsOf(message: Message): ProblemReport[] {
  const { ref, payload } = message;
  return payload.eventData.flatMap(({ component, variable, actualValue, timestamp, cleared, techCode, techInfo }, nth) => {
    const [evse, connector] = [stationNumber(component.evse?.id ?? 0), stationNumber(component.evse?.connectorId ?? 0)];
    if (variable.name !== 'Problem' || evse === null || connector === null) return [];
    const active = cleared !== true && actualValue.trim().toLowerCase() === 'true';
    const [code, info] = [techCode ?? null, techInfo ?? null];
    const base = { ...ref, evse, connector, component: component.name, active, code, info };
    return [{ ...base, ...timesOf(message, timestamp), id: eventReportId('problem', message, nth) }];
  });
}

function eventReportId(kind: string, { ref, receivedAt, messageId }: Message, nth: number): string {
  return deterministicId(kind, ref.tenant, ref.station, receivedAt.getTime(), messageId, nth);
}

import { stationNumber } from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';
import type { StationMessage, StoreMany } from '@voltbus/station-link';
import { statusTime } from '../domain/status-time';
import type { StatusReport, TypeormConnectors } from '../store/typeorm-connectors';
import type { TypeormMessages } from '../store/typeorm-messages';

const STATUSES: ReadonlySet<string> = new Set<v21.StatusNotificationRequest['connectorStatus']>([
  'Available',
  'Occupied',
  'Reserved',
  'Unavailable',
  'Faulted',
]);

/** N07, N08: kept as it came. G01: a station may tell a connector's state here instead of by StatusNotification. */
export function notifyEvent(store: { messages: TypeormMessages; connectors: TypeormConnectors }): StoreMany {
  return {
    shape: 'batch',
    async store(messages: StationMessage<v21.NotifyEventRequest>[]) {
      await store.messages.writeMany(messages);
      const reports = messages.flatMap(connectorStates);
      if (reports.length > 0) await store.connectors.writeMany(reports);
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

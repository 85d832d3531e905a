import type { v21 } from '@voltbus/ocpp';
import type { StationMessage } from '@voltbus/station-link';
import type { ConnectorWord } from '../store/typeorm-freed-connectors';

const FREE = 'Available';

export function statusWords({ ref, payload, receivedAt }: StationMessage<v21.StatusNotificationRequest>): ConnectorWord[] {
  const { evseId: evse, connectorId: connector, connectorStatus } = payload;
  return [{ ...ref, evse, connector, free: connectorStatus === FREE, receivedAt }];
}

/** G01: a station may say it by an event instead. */
export function eventWords({ ref, payload, receivedAt }: StationMessage<v21.NotifyEventRequest>): ConnectorWord[] {
  return payload.eventData.flatMap(({ component: { name, evse }, variable, actualValue }) => {
    if (name !== 'Connector' || variable.name !== 'AvailabilityState' || evse?.connectorId === undefined) return [];
    return [{ ...ref, evse: evse.id, connector: evse.connectorId, free: actualValue === FREE, receivedAt }];
  });
}

import type { v21 } from '@voltbus/ocpp';
import type { StationMessage } from '@voltbus/station-link';
import { readTime } from '../domain/station-time';
import type { ConnectorWord } from '../store/typeorm-freed-connectors';

const FREE = 'Available';

export function statusWords({ ref, payload, receivedAt }: StationMessage<v21.StatusNotificationRequest>): ConnectorWord[] {
  const { evseId: evse, connectorId: connector, connectorStatus, timestamp } = payload;
  return [{ ...ref, evse, connector, free: connectorStatus === FREE, receivedAt, saidAt: saidAt(timestamp, receivedAt) }];
}

/** G01: a station may say it by an event instead. */
export function eventWords({ ref, payload, receivedAt }: StationMessage<v21.NotifyEventRequest>): ConnectorWord[] {
  return payload.eventData.flatMap(({ component: { name, evse }, variable, actualValue, timestamp }) => {
    if (name !== 'Connector' || variable.name !== 'AvailabilityState' || evse?.connectorId === undefined) return [];
    return [
      { ...ref, evse: evse.id, connector: evse.connectorId, free: actualValue === FREE, receivedAt, saidAt: saidAt(timestamp, receivedAt) },
    ];
  });
}

/** A time that was left out or cannot be read is that of the receipt. */
function saidAt(timestamp: string | undefined, receivedAt: Date): number {
  return timestamp === undefined ? receivedAt.getTime() : readTime(timestamp, receivedAt).at;
}

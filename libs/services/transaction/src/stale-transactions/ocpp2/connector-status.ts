import { availabilityEvents, readStationTime, stationNumber } from '@voltbus/contracts';
import type { Lacking, v21 } from '@voltbus/ocpp';
import type { StationMessage } from '@voltbus/service';
import type { ConnectorStatus } from '../store/typeorm-free-connectors';

const FREE = 'Available';

type Status = Lacking<v21.StatusNotificationRequest, 'evseId' | 'connectorId' | 'connectorStatus'>;

export function connectorStatuses({ ref, payload, receivedAt }: StationMessage<Status>): ConnectorStatus[] {
  const { evseId, connectorId, connectorStatus, timestamp } = payload;
  const [evse, connector] = [stationNumber(evseId), stationNumber(connectorId)];
  if (evse === null || connector === null || connectorStatus === undefined) return [];
  const reportedAt = readStationTime(timestamp, receivedAt).at;
  return [{ ...ref, evse, connector, free: connectorStatus === FREE, receivedAt, reportedAt }];
}

/** G01: a station may report it by an event instead. */
export function connectorStatusesOfEvent({ ref, payload, receivedAt }: StationMessage<v21.NotifyEventRequest>): ConnectorStatus[] {
  return availabilityEvents(payload).map(({ evse, connector, state, timestamp }) => {
    const reportedAt = readStationTime(timestamp, receivedAt).at;
    return { ...ref, evse, connector, free: state === FREE, receivedAt, reportedAt };
  });
}

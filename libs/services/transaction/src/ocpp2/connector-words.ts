import { availabilityEvents, readStationTime, stationNumber } from '@voltbus/contracts';
import type { Lacking, v21 } from '@voltbus/ocpp';
import type { StationMessage } from '@voltbus/service';
import type { ConnectorWord } from '../store/typeorm-freed-connectors';

const FREE = 'Available';

type Status = Lacking<v21.StatusNotificationRequest, 'evseId' | 'connectorId' | 'connectorStatus'>;

export function statusWords({ ref, payload, receivedAt }: StationMessage<Status>): ConnectorWord[] {
  const { evseId, connectorId, connectorStatus, timestamp } = payload;
  const [evse, connector] = [stationNumber(evseId), stationNumber(connectorId)];
  if (evse === null || connector === null || connectorStatus === undefined) return [];
  const saidAt = readStationTime(timestamp, receivedAt).at;
  return [{ ...ref, evse, connector, free: connectorStatus === FREE, receivedAt, saidAt }];
}

/** G01: a station may say it by an event instead. */
export function eventWords({ ref, payload, receivedAt }: StationMessage<v21.NotifyEventRequest>): ConnectorWord[] {
  return availabilityEvents(payload).map(({ evse, connector, state, timestamp }) => {
    const saidAt = readStationTime(timestamp, receivedAt).at;
    return { ...ref, evse, connector, free: state === FREE, receivedAt, saidAt };
  });
}

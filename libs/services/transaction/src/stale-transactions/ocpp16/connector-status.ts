import { readStationTime, stationNumber } from '@voltbus/contracts';
import type { Lacking, v16 } from '@voltbus/ocpp';
import type { StationMessage } from '@voltbus/service';
import type { ConnectorStatus } from '../store/typeorm-free-connectors';

type Message = StationMessage<Lacking<v16.StatusNotificationRequest, 'connectorId' | 'status'>>;

/**
 * 1.6 section 4.9: a connector is an EVSE of its own. After `Finishing` there is no session either; connector 0 is the
 * station.
 */
export function connectorStatuses({ ref, payload: { connectorId, status, timestamp }, receivedAt }: Message): ConnectorStatus[] {
  const evse = stationNumber(connectorId);
  const free = status === 'Available' || status === 'Finishing';
  const reportedAt = readStationTime(timestamp, receivedAt).at;
  return evse === null || evse === 0 || status === undefined ? [] : [{ ...ref, evse, connector: null, free, receivedAt, reportedAt }];
}

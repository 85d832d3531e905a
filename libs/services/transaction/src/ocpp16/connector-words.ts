import type { v16 } from '@voltbus/ocpp';
import type { StationMessage } from '@voltbus/station-link';
import { readTime } from '../domain/station-time';
import type { ConnectorWord } from '../store/typeorm-freed-connectors';

/** 1.6 section 4.9: a connector is an EVSE of its own. After `Finishing` there is no session either; connector 0 is the station. */
export function connectorWords({ ref, payload, receivedAt }: StationMessage<v16.StatusNotificationRequest>): ConnectorWord[] {
  const { connectorId, status, timestamp } = payload;
  const free = status === 'Available' || status === 'Finishing';
  const saidAt = timestamp === undefined ? receivedAt.getTime() : readTime(timestamp, receivedAt).at;
  return connectorId === 0 ? [] : [{ ...ref, evse: connectorId, connector: null, free, receivedAt, saidAt }];
}

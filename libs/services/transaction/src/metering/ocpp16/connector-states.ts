import { readStationTime, stationNumber } from '@voltbus/contracts';
import type { Lacking, v16 } from '@voltbus/ocpp';
import type { StationMessage } from '@voltbus/service';
import { showsCharging } from '../domain/connector-states';
import type { StationConnectorState } from '../store/typeorm-connector-states';

/** No station has more connectors; what a stranger counts beyond is not kept. */
const MAX_CONNECTOR = 255;

type Message = StationMessage<Lacking<v16.StatusNotificationRequest, 'connectorId' | 'status'>>;

/** Section 4.9: the time is optional, and that of receipt where it is left out or cannot be read. */
export function connectorStates({ ref, payload, receivedAt }: Message): StationConnectorState[] {
  const evse = stationNumber(payload.connectorId);
  const { status, timestamp } = payload;
  if (evse === null || evse === 0 || evse > MAX_CONNECTOR || status === undefined || !showsCharging(status)) return [];
  const { at } = readStationTime(timestamp, receivedAt);
  return [{ ...ref, evse, at, status, receivedAt }];
}

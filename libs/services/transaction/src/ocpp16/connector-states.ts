import type { v16 } from '@voltbus/ocpp';
import type { StationMessage } from '@voltbus/station-link';
import { placeNumber } from '../domain/station-numbers';
import { readTime } from '../domain/station-time';
import { tellsCharging } from '../metering/domain/connector-states';
import type { StationConnectorState } from '../metering/typeorm-connector-states';

/** No station has more connectors; what a stranger counts beyond is not kept. */
export const MAX_CONNECTOR = 255;

/** Section 4.9: the time is optional, and that of receipt where it is left out or cannot be read. */
export function connectorStates({ ref, payload, receivedAt }: StationMessage<v16.StatusNotificationRequest>): StationConnectorState[] {
  const evse = placeNumber(payload.connectorId);
  const { status, timestamp } = payload;
  if (evse === null || evse === 0 || evse > MAX_CONNECTOR || !tellsCharging(status)) return [];
  const { at } = typeof timestamp === 'string' ? readTime(timestamp, receivedAt) : { at: receivedAt.getTime() };
  return [{ ...ref, evse, at, status, receivedAt }];
}

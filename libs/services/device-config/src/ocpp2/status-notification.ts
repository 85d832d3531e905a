import type { v21 } from '@voltbus/ocpp';
import type { StationMessage, StoreMany } from '@voltbus/station-link';
import { statusTime } from '../domain/station-time';
import type { StatusReport, TypeormConnectors } from '../store/typeorm-connectors';

/** G01. */
export function statusNotification(store: TypeormConnectors): StoreMany {
  return {
    shape: 'batch',
    store: (messages: StationMessage<v21.StatusNotificationRequest>[]) => store.writeMany(messages.map(reportOf)),
  };
}

function reportOf({ ref, payload, receivedAt, returnTo }: StationMessage<v21.StatusNotificationRequest>): StatusReport {
  const { evseId, connectorId, connectorStatus, timestamp } = payload;
  return {
    ...ref,
    evse: evseId,
    connector: connectorId,
    status: connectorStatus,
    errorCode: null,
    at: statusTime(timestamp, receivedAt),
    epoch: returnTo.epoch,
  };
}

import type { v16 } from '@voltbus/ocpp';
import type { StationMessage, StoreMany } from '@voltbus/station-link';
import { statusTime } from '../domain/station-time';
import type { StatusReport, TypeormConnectors } from '../store/typeorm-connectors';

/** 1.6 section 4.9. A 1.6 connector is an EVSE of its own with one connector; connector 0 is the station. */
export function statusNotification(store: TypeormConnectors): StoreMany {
  return {
    shape: 'batch',
    store: (messages: StationMessage<v16.StatusNotificationRequest>[]) => store.writeMany(messages.map(reportOf)),
  };
}

function reportOf({ ref, payload, receivedAt, returnTo }: StationMessage<v16.StatusNotificationRequest>): StatusReport {
  const { connectorId, status, errorCode, timestamp } = payload;
  return {
    ...ref,
    evse: connectorId,
    connector: connectorId === 0 ? 0 : 1,
    status,
    errorCode,
    at: statusTime(timestamp, receivedAt),
    epoch: returnTo.epoch,
  };
}

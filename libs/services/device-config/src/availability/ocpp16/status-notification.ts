import { stationNumber } from '@voltbus/contracts';
import type { Lacking, v16 } from '@voltbus/ocpp';
import type { StationMessage, StoreMany } from '@voltbus/service';
import { statusTime } from '../domain/status-time';
import { storeConnectorStatuses, type StatusStores } from '../connector-statuses';
import type { StatusReport } from '../store/typeorm-connectors';

type Message = StationMessage<Lacking<v16.StatusNotificationRequest, 'connectorId' | 'status' | 'errorCode'>>;

/** 1.6 section 4.9. A 1.6 connector is an EVSE of its own with one connector; connector 0 is the station. */
export function statusNotification(stores: StatusStores): StoreMany {
  return storeConnectorStatuses(stores, reportOf);
}

function reportOf({ ref, payload, receivedAt, returnTo }: Message): StatusReport | null {
  const { connectorId, status, errorCode = null, timestamp } = payload;
  const evse = stationNumber(connectorId);
  if (evse === null || status === undefined) return null;
  return {
    ...ref,
    evse,
    connector: evse === 0 ? 0 : 1,
    status,
    errorCode,
    at: statusTime(timestamp, receivedAt),
    epoch: returnTo.epoch,
  };
}

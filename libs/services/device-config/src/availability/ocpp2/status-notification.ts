import { stationNumber } from '@voltbus/contracts';
import type { Lacking, v21 } from '@voltbus/ocpp';
import type { StationMessage, StoreMany } from '@voltbus/service';
import { statusTime } from '../domain/status-time';
import { storeConnectorStatuses, type StatusStores } from '../connector-statuses';
import type { StatusReport } from '../store/typeorm-connectors';

type Message = StationMessage<Lacking<v21.StatusNotificationRequest, 'evseId' | 'connectorId' | 'connectorStatus' | 'timestamp'>>;

/** G01. */
export function statusNotification(stores: StatusStores): StoreMany {
  return storeConnectorStatuses(stores, reportOf);
}

function reportOf({ ref, payload, receivedAt, returnTo }: Message): StatusReport | null {
  const { evseId, connectorId, connectorStatus, timestamp } = payload;
  const [evse, connector] = [stationNumber(evseId), stationNumber(connectorId)];
  if (evse === null || connector === null || connectorStatus === undefined) return null;
  return {
    ...ref,
    evse,
    connector,
    status: connectorStatus,
    errorCode: null,
    at: statusTime(timestamp, receivedAt),
    epoch: returnTo.epoch,
  };
}

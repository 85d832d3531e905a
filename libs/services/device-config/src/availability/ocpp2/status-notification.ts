import { stationNumber } from '@voltbus/contracts';
import type { Lacking, v21 } from '@voltbus/ocpp';
import type { StationMessage, StoreMany } from '@voltbus/service';
import { statusTime } from '../domain/status-time';
import { reportStatuses, type StatusParts } from '../report-statuses';
import type { StatusReport } from '../store/typeorm-connectors';

type Request = Lacking<v21.StatusNotificationRequest, 'evseId' | 'connectorId' | 'connectorStatus' | 'timestamp'>;

/** G01. */
export function statusNotification(parts: StatusParts): StoreMany<Request, v21.StatusNotificationResponse> {
  return reportStatuses(parts, reportOf);
}

function reportOf({ ref, payload, receivedAt, returnTo }: StationMessage<Request>): StatusReport | null {
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

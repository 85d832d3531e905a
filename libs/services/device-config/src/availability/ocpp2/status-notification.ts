import { deterministicId, stationNumber } from '@voltbus/contracts';
import type { Lacking, v21 } from '@voltbus/ocpp';
import type { StationMessage, StoreMany } from '@voltbus/service';
import { NO_VENDOR_CODE, timesOf } from '../domain/status-time';
import { reportStatuses, type StatusParts } from '../report-statuses';
import type { StatusReport } from '../store/typeorm-connectors';

type Request = Lacking<v21.StatusNotificationRequest, 'evseId' | 'connectorId' | 'connectorStatus' | 'timestamp'>;

/** G01. */
export function statusNotification(parts: StatusParts): StoreMany<Request, v21.StatusNotificationResponse> {
  return reportStatuses(parts, reportOf);
}

function reportOf(message: StationMessage<Request>): StatusReport | null {
  const { ref, payload, messageId } = message;
  const { evseId, connectorId, connectorStatus, timestamp } = payload;
  const [evse, connector] = [stationNumber(evseId), stationNumber(connectorId)];
  if (evse === null || connector === null || connectorStatus === undefined) return null;
  const times = timesOf(message, timestamp);
  return {
    ...{ ...ref, ...times, evse, connector, status: connectorStatus, errorCode: null, ...NO_VENDOR_CODE },
    id: deterministicId('status', ref.tenant, ref.station, times.receivedAt, messageId),
  };
}

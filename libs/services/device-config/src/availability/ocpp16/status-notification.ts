import { deterministicId, stationNumber } from '@voltbus/contracts';
import type { Lacking, v16 } from '@voltbus/ocpp';
import type { StationMessage, StoreMany } from '@voltbus/service';
import { timesOf } from '../domain/status-time';
import { reportStatuses, type StatusParts } from '../report-statuses';
import type { StatusReport } from '../store/typeorm-connectors';

type Request = Lacking<v16.StatusNotificationRequest, 'connectorId' | 'status' | 'errorCode'>;

/** 1.6 section 4.9. A 1.6 connector is an EVSE of its own with one connector; connector 0 is the station. */
export function statusNotification(parts: StatusParts): StoreMany<Request, v16.StatusNotificationResponse> {
  return reportStatuses(parts, reportOf);
}

function reportOf(message: StationMessage<Request>): StatusReport | null {
  const { ref, payload, messageId } = message;
  const { connectorId, status, errorCode = null, timestamp, vendorErrorCode = null, vendorId = null, info = null } = payload;
  const evse = stationNumber(connectorId);
  if (evse === null || status === undefined) return null;
  const times = timesOf(message, timestamp);
  return {
    ...{ ...ref, ...times, evse, status, errorCode, vendorErrorCode, vendorId, info },
    id: deterministicId('status', ref.tenant, ref.station, times.receivedAt, messageId),
    connector: evse === 0 ? 0 : 1,
  };
}

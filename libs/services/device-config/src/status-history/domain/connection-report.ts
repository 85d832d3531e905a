import type { StationRef } from '@voltbus/contracts';
import type { HistoryReport } from './history-entry';

interface ConnectionChange {
  id: string;
  online: boolean;
  /** Epoch milliseconds. */
  at: number;
}

/** That a station is connected, or is not any more. */
export function connectionReport(
  { tenant, station, epoch }: StationRef & { epoch: number },
  { id, online, at }: ConnectionChange,
): HistoryReport {
  return {
    ...{ id, tenant, station, evse: 0, connector: 0, kind: 'connection', component: '', status: online ? 'online' : 'offline' },
    ...{ errorCode: null, vendorErrorCode: null, vendorId: null, info: null },
    ...{ at, receivedAt: at, stationTime: null, epoch },
  };
}

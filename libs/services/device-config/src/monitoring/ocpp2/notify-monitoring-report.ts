import { stationKey } from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';
import type { StationMessage, StoreMany } from '@voltbus/service';
import type { Monitors } from '../monitors';

type Part = StationMessage<v21.NotifyMonitoringReportRequest>;

/** N02: parts of reports, those of each station in their order. */
export function notifyMonitoringReport(
  monitors: Pick<Monitors, 'receive'>,
): StoreMany<v21.NotifyMonitoringReportRequest, v21.NotifyMonitoringReportResponse> {
  return {
    shape: 'batch',
    async store(messages) {
      const stations = new Map<string, Part[]>();
      for (const message of messages) {
        const key = stationKey(message.ref);
        stations.set(key, [...(stations.get(key) ?? []), message]);
      }
      for (const parts of stations.values()) if (parts[0] !== undefined) await monitors.receive(parts[0].ref, parts);
    },
  };
}

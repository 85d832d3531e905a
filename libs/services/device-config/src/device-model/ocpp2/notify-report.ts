import { stationKey } from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';
import type { StationMessage, StoreMany } from '@voltbus/service';
import type { Reports } from '../reports';

type Part = StationMessage<v21.NotifyReportRequest>;

/** B07, B08: parts of reports, those of each station in their order. */
export function notifyReport(reports: Pick<Reports, 'receive'>): StoreMany<v21.NotifyReportRequest, v21.NotifyReportResponse> {
  return {
    shape: 'batch',
    async store(messages) {
      for (const parts of byStation(messages).values()) {
        const [first] = parts;
        if (first !== undefined) await reports.receive(first.ref, parts);
      }
    },
  };
}

function byStation(messages: readonly Part[]): Map<string, Part[]> {
  const stations = new Map<string, Part[]>();
  for (const message of messages) {
    const key = stationKey(message.ref);
    stations.set(key, [...(stations.get(key) ?? []), message]);
  }
  return stations;
}

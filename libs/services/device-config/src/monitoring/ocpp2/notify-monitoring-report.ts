import { groupByStation } from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';
import type { StoreMany } from '@voltbus/service';
import type { Monitors } from '../monitors';

/** N02: parts of reports, those of each station in their order. */
export function notifyMonitoringReport(
  monitors: Pick<Monitors, 'receive'>,
): StoreMany<v21.NotifyMonitoringReportRequest, v21.NotifyMonitoringReportResponse> {
  return {
    shape: 'batch',
    async store(messages) {
      for (const { ref, items } of groupByStation(messages, (message) => message.ref)) await monitors.receive(ref, items);
    },
  };
}

import { groupByStation } from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';
import type { StoreMany } from '@voltbus/service';
import type { Reports } from '../reports';

/** B07, B08: parts of reports, those of each station in their order. */
export function notifyReport(reports: Pick<Reports, 'receive'>): StoreMany<v21.NotifyReportRequest, v21.NotifyReportResponse> {
  return {
    shape: 'batch',
    async store(messages) {
      for (const { ref, items } of groupByStation(messages, (message) => message.ref)) await reports.receive(ref, items);
    },
  };
}

import { groupByStation } from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';
import type { StoreMany } from '@voltbus/service';
import type { DisplayReports } from '../display-reports';

/** O03, O04: parts of lists of messages, those of each station in their order. */
export function notifyDisplayMessages(
  reports: Pick<DisplayReports, 'receive'>,
): StoreMany<v21.NotifyDisplayMessagesRequest, v21.NotifyDisplayMessagesResponse> {
  return {
    shape: 'batch',
    async store(messages) {
      for (const { ref, items } of groupByStation(messages, (message) => message.ref)) await reports.receive(ref, items);
    },
  };
}

import { stationKey } from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';
import type { StationMessage, StoreMany } from '@voltbus/service';
import type { DisplayReports } from '../display-reports';

type Part = StationMessage<v21.NotifyDisplayMessagesRequest>;

/** O03, O04: parts of lists of messages, those of each station in their order. */
export function notifyDisplayMessages(
  reports: Pick<DisplayReports, 'receive'>,
): StoreMany<v21.NotifyDisplayMessagesRequest, v21.NotifyDisplayMessagesResponse> {
  return {
    shape: 'batch',
    async store(messages: Part[]) {
      const stations = new Map<string, Part[]>();
      for (const message of messages) {
        const key = stationKey(message.ref);
        stations.set(key, [...(stations.get(key) ?? []), message]);
      }
      for (const parts of stations.values()) if (parts[0] !== undefined) await reports.receive(parts[0].ref, parts);
    },
  };
}

import type { StationMessage, StoreMany } from '@voltbus/service';
import type { StatusReport, TypeormConnectors } from './store/typeorm-connectors';
import type { TypeormUnhandledMessages } from '../unhandled-messages/typeorm-unhandled-messages';

export interface StatusStores {
  connectors: Pick<TypeormConnectors, 'writeMany'>;
  messages: Pick<TypeormUnhandledMessages, 'writeMany'>;
}

/** Connector states as stations tell them. A message that does not say of which connector, or what, is kept as it came (ADR 32). */
export function storeConnectorStatuses<Request>(
  { connectors, messages }: StatusStores,
  reportOf: (message: StationMessage<Request>) => StatusReport | null,
): StoreMany {
  return {
    shape: 'batch',
    async store(batch: StationMessage<Request>[]) {
      const reports = batch.map(reportOf);
      const unread = batch.filter((_message, index) => reports[index] === null);
      if (unread.length > 0) await messages.writeMany(unread);
      if (unread.length < batch.length) await connectors.writeMany(reports.filter((report) => report !== null));
    },
  };
}

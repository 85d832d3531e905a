import type { StationMessage, StoreMany } from '@voltbus/service';
import type { TypeormUnhandledMessages } from '../unhandled-messages';
import type { ConnectorStates } from './connector-states';
import type { StatusReport } from './store/typeorm-connectors';

export interface StatusParts {
  states: Pick<ConnectorStates, 'report'>;
  unhandled: Pick<TypeormUnhandledMessages, 'writeMany'>;
}

/**
 * Reports connector states from StatusNotifications. A message that does not name its connector or its status is stored
 * as received (ADR 32).
 */
export function reportStatuses<Request, Response>(
  { states, unhandled }: StatusParts,
  reportOf: (message: StationMessage<Request>) => StatusReport | null,
): StoreMany<Request, Response> {
  return {
    shape: 'batch',
    async store(batch: StationMessage<Request>[]) {
      const reports = batch.map(reportOf);
      const unread = batch.filter((_message, index) => reports[index] === null);
      if (unread.length > 0) await unhandled.writeMany(unread);
      await states.report(reports.filter((report) => report !== null));
    },
  };
}

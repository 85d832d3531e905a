import type { StationMessage, StoreMany } from '@voltbus/service';
import type { StationStatuses } from '../station-requests';
import type { Logs } from './logs';

interface Status {
  status?: string;
  requestId?: number;
}

interface LogStatusParts {
  logs: Pick<Logs, 'onStatus'>;
  statuses: Pick<StationStatuses, 'readBy'>;
}

/**
 * LogStatusNotification (N01.FR.03 and the security whitepaper of 1.6) and DiagnosticsStatusNotification (1.6 section 4.4), which has no request id. Idle
 * without one is no news of a log: it answers a trigger.
 */
export function logStatus<Request extends Status, Response>({ logs, statuses }: LogStatusParts): StoreMany<Request, Response> {
  return statuses.readBy<Request, Response>(({ ref, payload: { status, requestId }, receivedAt }: StationMessage<Request>) => {
    if (status === undefined) return Promise.resolve(false);
    if (status === 'Idle' && requestId === undefined) return Promise.resolve(true);
    return logs.onStatus(ref, { status, requestId: requestId ?? null, at: receivedAt });
  });
}

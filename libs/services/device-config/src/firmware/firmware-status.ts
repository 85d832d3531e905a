import type { StationMessage, StoreMany } from '@voltbus/service';
import type { StationStatuses } from '../station-requests';
import type { FirmwareUpdates } from './firmware-updates';

interface Status {
  status?: string;
  requestId?: number;
}

interface FirmwareStatusParts {
  updates: Pick<FirmwareUpdates, 'onStatus'>;
  statuses: Pick<StationStatuses, 'readBy'>;
}

/**
 * FirmwareStatusNotification (L01.FR.20; 1.6 section 4.5) and SignedFirmwareStatusNotification (1.6 security whitepaper). Idle is no news of an update: it
 * answers a trigger.
 */
export function firmwareStatus<Request extends Status, Response>({ updates, statuses }: FirmwareStatusParts): StoreMany<Request, Response> {
  return statuses.readBy<Request, Response>(({ ref, payload: { status, requestId }, receivedAt }: StationMessage<Request>) => {
    if (status === undefined) return Promise.resolve(false);
    if (status === 'Idle' && requestId === undefined) return Promise.resolve(true);
    return updates.onStatus(ref, { status, requestId: requestId ?? null, at: receivedAt });
  });
}

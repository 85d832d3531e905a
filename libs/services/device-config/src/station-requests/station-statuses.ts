import type { StationRef } from '@voltbus/contracts';
import { StationAllowance, type StationMessage, type StoreMany, type TypeormUnhandledMessages } from '@voltbus/service';
import { STATUS_ALLOWANCE } from './limits';
import type { StationRequests } from './station-requests';

/** A status notification of any version, as far as it could be read. */
interface StatusMessage {
  status?: string;
  requestId?: number;
}

/** The requests of one kind. */
type StatusReader = Pick<StationRequests, 'onStatus'>;

interface StationStatusesParts {
  unhandled: Pick<TypeormUnhandledMessages, 'writeMany'>;
  /** Statuses of a station were beyond its allowance, and are not read. */
  beyond(ref: StationRef, count: number): void;
}

/** Hands status notifications to the requests that they are about. */
export class StationStatuses {
  private readonly allowance: StationAllowance;

  constructor(private readonly parts: StationStatusesParts) {
    this.allowance = new StationAllowance({ ...STATUS_ALLOWANCE, beyond: (ref, count) => parts.beyond(ref, count) });
  }

  /** An answer that hands over statuses one after the other; one that belongs to no request is kept as it came. */
  readBy<Request extends StatusMessage, Response>(reader: StatusReader): StoreMany<Request, Response> {
    return {
      shape: 'batch',
      store: async (messages) => {
        const unhandled: StationMessage<Request>[] = [];
        for (const message of this.allowance.within(messages)) if (!(await isRead(message, reader))) unhandled.push(message);
        if (unhandled.length > 0) await this.parts.unhandled.writeMany(unhandled);
      },
    };
  }
}

/** Idle without a request id is no news of a request: it answers a trigger. */
function isRead({ ref, payload, receivedAt }: StationMessage<StatusMessage>, reader: StatusReader): Promise<boolean> {
  const { status, requestId } = payload;
  if (status === undefined) return Promise.resolve(false);
  if (status === 'Idle' && requestId === undefined) return Promise.resolve(true);
  return reader.onStatus(ref, { status, requestId: requestId ?? null, at: receivedAt, message: payload });
}

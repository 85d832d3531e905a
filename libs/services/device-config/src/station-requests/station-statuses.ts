import type { StationRef } from '@voltbus/contracts';
import { StationAllowance, type StationMessage, type StoreMany, type TypeormUnhandledMessages } from '@voltbus/service';
import { STATUS_ALLOWANCE } from './limits';

/** A status notification of any version, as far as it could be read. */
interface StatusMessage {
  status?: string;
  requestId?: number;
}

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

  /** An answer that reads statuses one after the other. `handle` returns false for one that belongs to no request: it is kept as it came. */
  readBy<Request extends StatusMessage, Response>(
    handle: (message: StationMessage<Request>) => Promise<boolean>,
  ): StoreMany<Request, Response> {
    return {
      shape: 'batch',
      store: async (messages) => {
        const unhandled: StationMessage<Request>[] = [];
        for (const message of this.allowance.within(messages)) if (!(await handle(message))) unhandled.push(message);
        if (unhandled.length > 0) await this.parts.unhandled.writeMany(unhandled);
      },
    };
  }
}

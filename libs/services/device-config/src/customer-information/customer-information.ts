import { asText, stationNumber, type StationRef } from '@voltbus/contracts';
import type { ListSource } from '@voltbus/database';
import type { v21 } from '@voltbus/ocpp';
import { ended, type RequestFilters, type RequestSort, type StationRequest, type StationRequests } from '../station-requests';
import { NOTHING_RECEIVED, withReportPart, type Customer } from './domain/customer-request';
import type { StoredPart, TypeormCustomerInformation } from './store/typeorm-customer-information';

const HOUR_MS = 3_600_000;

/** What a station is asked about a customer. */
export interface WantedInformation extends Customer {
  report: boolean;
  clear: boolean;
  runHours: number;
  /** Hours for which the request waits for its station. */
  waitHours: number;
}

interface CustomerInformationParts {
  requests: StationRequests;
  store: TypeormCustomerInformation;
  now(): Date;
}

/** What stations know of customers: asked for, cleared, reported in parts (N09, N10). */
export class CustomerInformation {
  constructor(private readonly parts: CustomerInformationParts) {}

  /** Throws `unknown-station`, and `conflict` where the station has too many open. */
  async request(ref: StationRef, wanted: WantedInformation, by: string): Promise<StationRequest> {
    const { requests } = this.parts;
    return requests.begin(ref, async (transaction) => {
      const made = await requests.create(transaction, ref, this.newRequest(wanted, by), { replace: false });
      if (made === null) throw new Error('requests of customer information stand side by side');
      return made;
    });
  }

  /** Notes a request that the station was not sent, because it has too many open. Throws `unknown-station`. */
  noteRefused(ref: StationRef, wanted: WantedInformation, by: string): Promise<void> {
    return this.parts.requests.createFailed(ref, this.newRequest(wanted, by), 'too-many-open');
  }

  private newRequest({ waitHours, ...asked }: WantedInformation, by: string) {
    const subject = asked.report ? (asked.clear ? 'report-and-clear' : 'report') : 'clear';
    const expiresAt = new Date(this.parts.now().getTime() + waitHours * HOUR_MS);
    return { subject, body: { ...asked, ...NOTHING_RECEIVED }, requestedBy: by, expiresAt };
  }

  list(tenant: string): ListSource<StationRequest, RequestFilters, RequestSort> {
    return this.parts.requests.list(tenant);
  }

  /** Throws `not-found`. */
  find(tenant: string, id: string): Promise<StationRequest> {
    return this.parts.requests.find(tenant, id);
  }

  /** What was reported; empty where nothing is kept. */
  read({ id }: StationRequest): Promise<StoredPart[]> {
    return this.parts.store.read(id);
  }

  /** Nothing more is kept of the report. A station that has the request already is not told: OCPP has no message for that. */
  async cancel(tenant: string, id: string): Promise<StationRequest> {
    const { requests, now } = this.parts;
    await this.find(tenant, id);
    await requests.change(id, (one) => (one.endedAt === null ? ended(one, 'cancelled', 'operator', now()) : one));
    return this.find(tenant, id);
  }

  /** Removes what was reported; what comes later is not kept either. */
  async remove(tenant: string, id: string): Promise<void> {
    const { requests, store } = this.parts;
    await this.find(tenant, id);
    await requests.change(
      id,
      (one) => ({ ...one, body: { ...one.body, removed: true } }),
      (transaction) => store.remove(transaction, id),
    );
  }

  /** A part of a report. False: it belongs to no request of ours. It may come twice. */
  async receive(ref: StationRef, message: v21.NotifyCustomerInformationRequest, at: Date): Promise<boolean> {
    const { requests, store } = this.parts;
    const seqNo = stationNumber(message.seqNo);
    const id = typeof message.requestId === 'number' && seqNo !== null ? await requests.ofMessage(ref, message.requestId) : null;
    if (id === null || seqNo === null) return false;
    const data = asText(message.data.replaceAll(/\r\n|[\r\n\t]/g, ' '));
    let kept = false;
    const changed = await requests.change(
      id,
      (request) => {
        const after = withReportPart(request, { seqNo, tbc: message.tbc === true, data }, at);
        kept = after.kept;
        return after.request;
      },
      async (transaction) => {
        if (kept) await store.add(transaction, { ...ref, request: id, part: seqNo, data, receivedAt: at });
      },
    );
    return changed !== null;
  }
}

import { CsmsError, invalidAt, type StationRef } from '@voltbus/contracts';
import type { ListSource } from '@voltbus/database';
import { ended, type RequestFilters, type RequestSort, type StationRequest, type StationRequests } from '../station-requests';
import type { LogBody, LogType } from './domain/log-request';
import type { UrlSeal } from '../stations/sealed-url';

const HOUR_MS = 3_600_000;

/** A log that is asked for. */
interface WantedLog extends Pick<LogBody, 'from' | 'to' | 'retries' | 'retryIntervalSeconds' | 'runHours'> {
  type: LogType;
  /** Null: to an address of our own. */
  uploadTo: string | null;
  /** Hours for which the request waits for its station. */
  waitHours: number;
  /** Takes the place of those that are open. */
  replace: boolean;
}

interface LogsParts {
  requests: StationRequests;
  operators: UrlSeal;
  /** Whether stations reach an address of our own. */
  receives: boolean;
  now(): Date;
}

/** Logs that stations are asked for (N01). */
export class Logs {
  constructor(private readonly parts: LogsParts) {}

  /** Throws `invalid`, `unknown-station`, and `conflict` where another log of the station is open. */
  async request(ref: StationRef, wanted: WantedLog, by: string): Promise<StationRequest> {
    const { requests, now } = this.parts;
    const { type, waitHours, replace } = wanted;
    const body = { ...this.bodyOf(ref, wanted) };
    return requests.begin(ref, async (transaction) => {
      const expiresAt = new Date(now().getTime() + waitHours * HOUR_MS);
      const asked = await requests.create(transaction, ref, { subject: type, body, requestedBy: by, expiresAt }, { replace });
      if (asked === null)
        throw new CsmsError('conflict', 'another log of the station has not ended: `replace` takes its place (N01.FR.12)');
      return asked;
    });
  }

  list(tenant: string): ListSource<StationRequest, RequestFilters, RequestSort> {
    return this.parts.requests.list(tenant);
  }

  /** Throws `not-found`. */
  find(tenant: string, id: string): Promise<StationRequest> {
    return this.parts.requests.find(tenant, id);
  }

  /** Its address receives nothing any more. A station that has it already is not told: OCPP has no message for that but another request. */
  async cancel(tenant: string, id: string): Promise<StationRequest> {
    const { requests, now } = this.parts;
    await this.find(tenant, id);
    await requests.change(id, (one) => (one.endedAt === null ? ended(one, 'cancelled', 'operator', now()) : one));
    return this.find(tenant, id);
  }

  private bodyOf({ tenant }: StationRef, { from, to, uploadTo, retries, retryIntervalSeconds, runHours }: WantedLog): LogBody {
    if (from !== null && to !== null && from > to) throw invalidAt('/to', 'must not be before `from`');
    if (uploadTo === null && !this.parts.receives)
      throw invalidAt('/uploadTo', 'is required, because stations reach no address of ours: VOLTBUS_UPLOAD_URL is not set');
    const address = uploadTo === null ? null : this.parts.operators.seal(uploadTo, tenant, '/uploadTo');
    const asked = { from, to, uploadTo: address, retries, retryIntervalSeconds, runHours };
    return { ...asked, fileName: null, uploadFault: null, rebootedAt: null };
  }
}

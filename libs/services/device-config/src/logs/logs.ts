import { CsmsError, invalidAt, type StationRef } from '@voltbus/contracts';
import type { ListSource } from '@voltbus/database';
import {
  SWEEP_BATCH,
  ended,
  type RequestFilters,
  type RequestSort,
  type StationRequest,
  type StationRequests,
  type TypeormStationRequests,
} from '../station-requests';
import type { Transaction } from '../stations/typeorm-in-station';
import { rebooted, reported, type LogBody, type LogType } from './domain/log-request';
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
  store: TypeormStationRequests;
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
    const { store, requests } = this.parts;
    const body = this.bodyOf(ref, wanted);
    const request = await store.inStation(ref, (transaction) => this.create(transaction, ref, wanted, { body, by }));
    if (request === null) throw new CsmsError('unknown-station', 'no such station');
    await requests.send(request.id);
    return requests.find(ref.tenant, request.id);
  }

  list(tenant: string): ListSource<StationRequest, RequestFilters, RequestSort> {
    return this.parts.store.list(tenant, 'log');
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

  /** Looks at the boots of stations that are at a log, sends what is due, and ends what is overdue. */
  async sweep(): Promise<number> {
    const { store, requests, now } = this.parts;
    const booted = await store.booted('log', now(), SWEEP_BATCH);
    for (const id of booted) await requests.change(id, (request, { bootedAt }) => rebooted(request, bootedAt));
    return booted.length + (await requests.sweep());
  }

  /** False: it belongs to no log. */
  onStatus(ref: StationRef, { status, requestId, at }: { status: string; requestId: number | null; at: Date }): Promise<boolean> {
    return this.parts.requests.onStatus(ref, requestId, (request) => reported(request, status, at));
  }

  private bodyOf({ tenant }: StationRef, { from, to, uploadTo, retries, retryIntervalSeconds, runHours }: WantedLog): LogBody {
    if (from !== null && to !== null && from > to) throw invalidAt('/to', 'must not be before `from`');
    if (uploadTo === null && !this.parts.receives)
      throw invalidAt('/uploadTo', 'is required, because stations reach no address of ours: VOLTBUS_UPLOAD_URL is not set');
    const address = uploadTo === null ? null : this.parts.operators.seal(uploadTo, tenant, '/uploadTo');
    const asked = { from, to, uploadTo: address, retries, retryIntervalSeconds, runHours };
    return { ...asked, fileName: null, uploadFault: null, rebootedAt: null };
  }

  private async create(
    transaction: Transaction,
    ref: StationRef,
    { type, waitHours, replace }: WantedLog,
    { body, by }: { body: LogBody; by: string },
  ): Promise<StationRequest> {
    const { store, requests, now } = this.parts;
    const open = await store.openOf(transaction, ref, 'log');
    if (open.length > 0 && !replace)
      throw new CsmsError('conflict', 'another log of the station has not ended: `replace` takes its place (N01.FR.12)');
    const notSent = open.filter(({ sentAt }) => sentAt === null).map(({ id }) => id);
    await store.withdraw(transaction, notSent, now());
    const expiresAt = new Date(now().getTime() + waitHours * HOUR_MS);
    return requests.create(transaction, ref, { subject: type, body: { ...body }, requestedBy: by, expiresAt });
  }
}

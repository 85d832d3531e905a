import { randomUUID } from 'node:crypto';
import { CsmsError, lacksFunction, type Command, type CommandRequest, type StationRef } from '@voltbus/contracts';
import type { ListSource } from '@voltbus/database';
import { isUuid } from '@voltbus/http';
import { drawNumber } from '../stations/draw-number';
import type { LockedStation, Transaction } from '../stations/typeorm-in-station';
import { accepted, ended, isDelivered, overdue, sending, undelivered, type StationRequest } from './domain/station-request';
import { MAX_OPEN, SWEEP_BATCH } from './limits';
import type { RequestRules, RequestedStation } from './request-rules';
import type { RequestTelemetry } from './request-telemetry';
import type { RequestFilters, RequestSort } from './store/request-list';
import type { NewRequest, TypeormStationRequests } from './store/typeorm-station-requests';

/** Behind the commands of operators. */
const PRIORITY = 6;
/** Request ids are ours, of 32 bits; a station may send any number. */
const MAX_REQUEST_ID = 2 ** 31 - 1;

interface StationRequestsParts {
  store: TypeormStationRequests;
  rules: RequestRules;
  telemetry: RequestTelemetry;
  sendCommand(request: CommandRequest): Promise<void>;
  now(): Date;
}

/** A status of a station, and when it came. */
interface StationStatus {
  status: string;
  /** Null: it names none. */
  requestId: number | null;
  at: Date;
  /** The whole message, where more than its status is read. */
  message?: object;
}

/** The requests of one kind: made, delivered, followed, ended. */
export class StationRequests {
  constructor(private readonly parts: StationRequestsParts) {}

  list(tenant: string): ListSource<StationRequest, RequestFilters, RequestSort> {
    return this.parts.store.list(tenant, this.parts.rules.kind);
  }

  /** The last one of each station and subject. */
  lastOf(tenant: string, subjects: readonly string[], transaction?: Transaction): Promise<StationRequest[]> {
    return this.parts.store.lastOf({ tenant, kind: this.parts.rules.kind, subjects }, transaction);
  }

  /** Has one made while nobody else makes any for the station, and sends it. Throws `unknown-station`. */
  async begin(
    ref: StationRef,
    make: (transaction: Transaction, station: LockedStation) => Promise<StationRequest>,
  ): Promise<StationRequest> {
    const request = await this.parts.store.inStation(ref, make);
    if (request === null) throw new CsmsError('unknown-station', 'no such station');
    await this.send(request.id);
    return this.find(ref.tenant, request.id);
  }

  /**
   * Within the caller's transaction `inStation`; with `replace` in the place of those that are open. Null: another one has not ended. Throws `conflict` where
   * the station has as many open as it may.
   */
  async create(
    transaction: Transaction,
    ref: StationRef,
    wanted: NewRequest,
    { replace }: { replace: boolean },
  ): Promise<StationRequest | null> {
    const { store, rules, now } = this.parts;
    const open = await store.openOf(transaction, ref, rules.kind);
    if (rules.sideBySide !== undefined) return this.createBeside(transaction, ref, wanted, open.length);
    if (open.length > 0 && !replace) return null;
    const waiting = open.filter((one) => !isDelivered(one)).map(({ id }) => id);
    const withdrawn = await store.withdraw(transaction, waiting, now());
    if (open.length - withdrawn >= MAX_OPEN)
      throw new CsmsError('conflict', `the station has ${MAX_OPEN} such requests that have not ended`);
    return store.create(transaction, ref, { kind: rules.kind, requestId: drawNumber(), at: now(), ...wanted });
  }

  private createBeside(transaction: Transaction, ref: StationRef, wanted: NewRequest, open: number): Promise<StationRequest> {
    const { store, rules, now } = this.parts;
    const { sideBySide = 0 } = rules;
    if (open >= sideBySide) throw new CsmsError('conflict', `the station has ${sideBySide} such requests that have not ended`);
    return store.create(transaction, ref, { kind: rules.kind, requestId: drawNumber(), at: now(), ...wanted });
  }

  /** Notes one that cannot be made, so that it is seen in the list: it has failed for this reason and is not sent. Throws `unknown-station`. */
  async createFailed(ref: StationRef, wanted: NewRequest, reason: string): Promise<void> {
    const { store, rules, now } = this.parts;
    const request = await store.inStation(ref, (transaction) =>
      store.create(transaction, ref, { kind: rules.kind, requestId: drawNumber(), at: now(), ...wanted }),
    );
    if (request === null) throw new CsmsError('unknown-station', 'no such station');
    await this.change(request.id, (one) => ended(one, 'failed', reason, now()));
  }

  /** Throws `not-found`. */
  async find(tenant: string, id: string): Promise<StationRequest> {
    const { store, rules } = this.parts;
    const request = isUuid(id) ? await store.find(tenant, id) : null;
    if (request?.kind !== rules.kind) throw new CsmsError('not-found', `no such ${rules.noun}`);
    return request;
  }

  /** Throws `not-found`, and `too-late` for one that was sent: only another request can take its place (L01.FR.24, N01). */
  async cancel(tenant: string, id: string): Promise<StationRequest> {
    await this.find(tenant, id);
    const cancelled = await this.change(id, (request) => {
      if (request.endedAt !== null) return request;
      if (request.state !== 'waiting' || isDelivered(request))
        throw new CsmsError('too-late', 'it was sent to the station: only another request can take its place');
      return ended(request, 'cancelled', 'operator', this.parts.now());
    });
    return cancelled ?? this.find(tenant, id);
  }

  /** Changes one under its lock; counts it where that ends it. Null: there is none. `along`: what is stored with it, or not at all. */
  async change(
    id: string,
    decide: (request: StationRequest, station: RequestedStation) => StationRequest,
    along?: (transaction: Transaction) => Promise<void>,
  ): Promise<StationRequest | null> {
    const changed = await this.parts.store.change(id, decide, along);
    if (changed === null) return null;
    const { before, after } = changed;
    if (after.endedAt !== null && after.state !== before.state) this.parts.telemetry.ended(after);
    return after;
  }

  /** Sends it where it is due and its station is connected. */
  async send(id: string): Promise<void> {
    const { rules, now, sendCommand, telemetry } = this.parts;
    let message: CommandRequest | null = null;
    const newId = randomUUID();
    await this.change(id, (request, of) => {
      const { online, protocol } = of;
      if (request.endedAt !== null || request.nextAt === null || request.nextAt > now() || protocol === null) return request;
      if (!online && request.command === null) return request; // the result of a command is asked for wherever its station is
      const notBefore = request.command === null ? (rules.notBefore?.(request, of, now()) ?? null) : null;
      if (notBefore !== null) return { ...request, nextAt: notBefore };
      const made = rules.message(protocol, request);
      if ('impossible' in made) return ended(request, 'failed', made.impossible, now());
      const sent = sending(request, { newId, at: now() });
      const { tenant, station, command } = sent;
      message = { id: command, tenant, station, ...made, priority: PRIORITY, requestedBy: 'device-config' };
      return sent;
    });
    if (message === null) return;
    telemetry.sent(rules.kind);
    await sendCommand(message);
  }

  /** Looks at boots of stations that were sent one, sends what is due, and ends what is overdue. Returns how many. */
  async sweep(): Promise<number> {
    const { store, rules, now } = this.parts;
    const booted = await this.lookAtBoots();
    const due = await store.due(rules.kind, now(), SWEEP_BATCH);
    for (const id of due) await this.send(id);
    const late = await store.overdue(rules.kind, now(), SWEEP_BATCH);
    for (const id of late) await this.change(id, (request) => overdue(request, now()));
    return booted + due.length + late.length;
  }

  /** The end of a command. It may come twice. */
  async onEnded(command: Command): Promise<void> {
    const { store, rules, now } = this.parts;
    if (!rules.actions.has(command.action)) return;
    const id = await store.ofCommand(command, rules.kind);
    if (id === null) return;
    const request = await this.change(id, (before) => (before.command === command.id ? this.afterCommand(before, command) : before));
    if (rules.sideBySide !== undefined) return;
    if (request !== null && request.acceptedAt !== null && request.command === command.id)
      for (const earlier of await store.earlierThan(request)) await this.change(earlier, (one) => supersededAt(one, now()));
  }

  /** A status of the station, by the request id that it names. False: there is no such request. */
  async onStatus(ref: StationRef, { status, requestId, at, message = {} }: StationStatus): Promise<boolean> {
    const { rules } = this.parts;
    const id = await this.ofMessage(ref, requestId);
    if (id === null) return false;
    const changed = await this.change(id, (request, station) => rules.reported?.(request, status, { at, station, message }) ?? request);
    return changed !== null;
  }

  /** The request that a message of the station is about: that of its number, or the last one that was sent. Null: there is none. */
  async ofMessage(ref: StationRef, requestId: number | null): Promise<string | null> {
    if (requestId !== null && !(Number.isInteger(requestId) && Math.abs(requestId) <= MAX_REQUEST_ID)) return null;
    return this.parts.store.ofStatus(ref, this.parts.rules.kind, requestId);
  }

  private async lookAtBoots(): Promise<number> {
    const { store, rules, now } = this.parts;
    if (rules.afterBoot === undefined) return 0;
    const booted = await store.booted(rules.kind, now(), SWEEP_BATCH);
    for (const id of booted) await this.change(id, (request, station) => rules.afterBoot?.(request, station, now()) ?? request);
    return booted.length;
  }

  private afterCommand(request: StationRequest, { status, response, error }: Command): StationRequest {
    const { rules, now } = this.parts;
    const at = now();
    if (status === 'answered') {
      const refusal = rules.refusalIn(response);
      if (request.endedAt !== null) return request;
      if (refusal !== null) return ended(request, 'failed', refusal, at);
      const answered = rules.withAnswer?.(request, response) ?? request;
      const taken = accepted(answered, { at, until: rules.until(answered, at) });
      return rules.afterAcceptance?.(taken, at) ?? taken;
    }
    if (status === 'unknown') return undelivered(request, 'unanswered', { at, error: 'no-answer' });
    if (status !== 'error') return undelivered(request, 'not-reached', { at, error: status });
    const code = error?.code ?? 'error';
    if (lacksFunction(code) && request.endedAt === null) return ended(request, 'failed', 'not-supported', at);
    return undelivered(request, 'error', { at, error: 'station-error' });
  }
}

function supersededAt(request: StationRequest, at: Date): StationRequest {
  return request.endedAt === null ? ended(request, 'cancelled', 'superseded', at) : request;
}

import { randomUUID } from 'node:crypto';
import { CsmsError, commandEnded, type Command, type Protocol, type Reservation, type StationRef } from '@voltbus/contracts';
import type { Connections } from '@voltbus/connections';
import type { CommandSender } from '@voltbus/service';
import type { TypeormTokens } from '../authorization';
import { connectedProtocol } from '../stations/connected-protocol';
import type { TransactionTelemetry } from '../telemetry';
import { conflictWith, type KnownEvse } from './domain/conflict';
import { holdsPlace, isLive, type StoredReservation } from './domain/reservation';
import { MAX_AHEAD_MS, MAX_DRAWS, MAX_LIVE, MIN_AHEAD_MS } from './limits';
import { cancelReservation, reserveNow } from './reservation-commands';
import type { ReservationResults } from './reservation-results';
import { shownReservation } from './reservation-published';
import type { TypeormReservations } from './store/typeorm-reservations';
import type { ReservationUnit } from './store/typeorm-reservation-unit';

interface ReservationsParts {
  store: TypeormReservations;
  results: ReservationResults;
  tokens: Pick<TypeormTokens, 'find'>;
  commands: CommandSender;
  connections: Pick<Connections, 'find'>;
  telemetry: TransactionTelemetry;
  /** A positive number of 31 bits. */
  drawId(): number;
  now(): Date;
}

export interface ReservationRequest {
  idToken: string;
  groupId: string | null;
  evse: number | null;
  connectorType: string | null;
  /** ISO. */
  expiresAt: string;
}

const REQUESTED_BY = 'api';

/** Reserves places at stations and gives them up, the same in every version (H01, H02; 1.6 sections 5.1 and 5.13). */
export class Reservations {
  constructor(private readonly parts: ReservationsParts) {}

  /**
   * Asks the station to keep a place. Returns before it has answered, unless it is offline. `evses`: those of the station, as
   * far as they are known. Throws `conflict` where the places that it keeps leave none.
   */
  async reserve(ref: StationRef, request: ReservationRequest, evses: readonly KnownEvse[]): Promise<Reservation> {
    const { store, tokens, commands, now } = this.parts;
    const protocol = await this.protocolFor(ref, request);
    const at = now();
    checkTime(request.expiresAt, at);
    const token = await tokens.find(ref.tenant, request.idToken);
    if (token !== null && token.status !== 'Accepted') throw new CsmsError('conflict', `the token is ${token.status}`);
    const { idToken, groupId } = { idToken: token?.idToken ?? request.idToken, groupId: request.groupId ?? token?.groupId ?? null };
    const made = await store.inStation(ref, async (unit) => {
      const held = (await unit.live()).filter((one) => holdsPlace(one, at.getTime()));
      refuseConflict(request, held, evses);
      const reservation = { ...newReservation(ref, { ...request, idToken, groupId }, at), reservationId: await this.drawNumber(unit) };
      await unit.add(reservation, at);
      return reservation;
    });
    this.parts.telemetry.reservationChanged(made);
    const call = reserveNow(protocol, made, token);
    return this.sendFor(made, () => commands.sendCommand({ id: made.command, ref, ...call, requestedBy: REQUESTED_BY }));
  }

  /** Asks the station to give the place up. A station that is offline is asked when it is back, while the reservation lasts. */
  async cancel(tenant: string, id: string): Promise<Reservation> {
    const { store, commands, now } = this.parts;
    const known = await this.stored(tenant, id);
    const ref = { tenant, station: known.station };
    const command = randomUUID();
    const cancelling = await store.inStation(ref, async (unit) => {
      const before = await unit.find(id);
      if (before === null) throw noReservation();
      if (!isLive(before)) throw new CsmsError('conflict', `the reservation is over: it is ${before.state}`);
      return unit.save(before, { ...before, state: 'cancelling', cancelCommand: command, dueAt: null }, now());
    });
    this.parts.telemetry.reservationChanged(cancelling);
    return this.sendFor(cancelling, () =>
      commands.sendCommand({ id: command, ref, ...cancelReservation(cancelling), requestedBy: REQUESTED_BY }),
    );
  }

  async find(tenant: string, id: string): Promise<Reservation> {
    return shownReservation(await this.stored(tenant, id));
  }

  /** A command that is not taken is an outcome like any other, and told to the caller as well. */
  private async sendFor({ tenant, station, id }: StoredReservation, send: () => Promise<Command>): Promise<Reservation> {
    const { results } = this.parts;
    try {
      const command = await send();
      if (commandEnded(command.status)) await results.onEnded(command);
    } catch (error) {
      if (error instanceof CsmsError) await results.notTaken({ tenant, station }, id, error.code);
      throw error;
    }
    return this.find(tenant, id);
  }

  private async stored(tenant: string, id: string): Promise<StoredReservation> {
    const reservation = await this.parts.store.find(tenant, id);
    if (reservation === null) throw noReservation();
    return reservation;
  }

  private async protocolFor(ref: StationRef, { connectorType }: ReservationRequest): Promise<Protocol> {
    const protocol = (await connectedProtocol(this.parts.connections, ref)) ?? 'ocpp2.0.1'; // the command ends `offline`
    if (protocol === 'ocpp1.6' && connectorType !== null)
      throw new CsmsError('conflict', 'the station speaks OCPP 1.6, which reserves no type of connector');
    return protocol;
  }

  private async drawNumber(unit: ReservationUnit): Promise<number> {
    for (let draw = 0; draw < MAX_DRAWS; draw++) {
      const reservationId = this.parts.drawId();
      if (!(await unit.isTaken(reservationId))) return reservationId;
    }
    throw new CsmsError('unavailable', 'no number was free for the reservation: ask again');
  }
}

function newReservation(ref: StationRef, request: ReservationRequest, at: Date): Omit<StoredReservation, 'reservationId'> {
  const { idToken, groupId, evse, connectorType, expiresAt } = request;
  return {
    ...{ id: randomUUID(), tenant: ref.tenant, station: ref.station, evse, connectorType, idToken, groupId, state: 'requested' },
    ...{ answer: null, cancellation: null, update: null, createdAt: at.toISOString(), expiresAt, endedAt: null, transaction: null },
    ...{ command: randomUUID(), cancelCommand: null, dueAt: null, changes: 1 },
  };
}

function checkTime(expiresAt: string, at: Date): void {
  const ahead = Date.parse(expiresAt) - at.getTime();
  if (ahead < MIN_AHEAD_MS) throw new CsmsError('conflict', `expiresAt must be at least ${MIN_AHEAD_MS / 1_000} seconds ahead`);
  if (ahead > MAX_AHEAD_MS) throw new CsmsError('conflict', `expiresAt must be at most ${MAX_AHEAD_MS / 86_400_000} days ahead`);
}

function refuseConflict(request: ReservationRequest, held: readonly StoredReservation[], evses: readonly KnownEvse[]): void {
  if (held.length >= MAX_LIVE) throw new CsmsError('conflict', `the station has ${held.length} reservations already`);
  const conflict = conflictWith(request, held, evses);
  if (conflict === 'evse-reserved') throw new CsmsError('conflict', `EVSE ${request.evse} is reserved already`);
  if (conflict === 'no-evse-left') throw new CsmsError('conflict', 'its reservations leave no EVSE of the station for one more');
}

function noReservation(): CsmsError {
  return new CsmsError('not-found', 'no such reservation');
}

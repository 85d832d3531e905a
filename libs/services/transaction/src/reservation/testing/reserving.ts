import { COMMAND_RESULTS, CsmsError, type Command, type Protocol, type Reservation, type StationRef } from '@voltbus/contracts';
import type { CommandToSend } from '@voltbus/service';
import type { ServiceFixture } from '../../testing/service-fixture';
import { drawStationNumber } from '../../remote-control';
import { telemetry } from '../../telemetry';
import type { KnownEvse } from '../domain/conflict';
import { Reservations, type ReservationRequest } from '../reservations';

/** Reservations of a service, with a router that only records, and a registry that knows the version of every station. */
export class Reserving {
  readonly sent: CommandToSend[] = [];
  readonly reservations: Reservations;
  /** What the router does with a command: queued, or ended at once. */
  takes: (command: CommandToSend) => Command['status'] | CsmsError = () => 'queued';

  constructor(
    readonly service: ServiceFixture,
    protocol: Protocol,
    drawId: () => number = drawStationNumber,
  ) {
    this.reservations = new Reservations({
      ...{ store: service.reservationStore, results: service.reservationResults, tokens: service.tokenStore },
      ...{ telemetry: service.service.use(telemetry), drawId, now: () => service.clock.at() },
      commands: { sendCommand: (command) => this.take(command) },
      connections: { find: () => Promise.resolve({ inst: 'gw', bucket: 0, epoch: 1, protocol, lastSeenAt: 0 }) },
    });
  }

  reserve(ref: StationRef, more: Partial<ReservationRequest> = {}, evses: readonly KnownEvse[] = []): Promise<Reservation> {
    const expiresAt = new Date(this.service.clock.at().getTime() + 3_600_000).toISOString();
    return this.reservations.reserve(ref, { idToken: 'Tag-1', groupId: null, evse: 1, connectorType: null, expiresAt, ...more }, evses);
  }

  /** Reserved, and accepted by the station. */
  async reserved(ref: StationRef, more: Partial<ReservationRequest> = {}): Promise<Reservation> {
    const { id } = await this.reserve(ref, more);
    await this.answer('Accepted');
    return this.reservations.find(ref.tenant, id);
  }

  /** The station answers the last command that was sent over HTTP. */
  answer(status: string): Promise<void> {
    const last = this.sent.at(-1);
    if (last?.id === undefined) throw new Error('nothing was sent');
    const { tenant, station } = last.ref;
    return this.end({ id: last.id, tenant, station, action: last.action, payload: last.payload }, { response: { status } });
  }

  async end(request: Pick<Command, 'id' | 'tenant' | 'station' | 'action' | 'payload'>, how: Partial<Command>): Promise<void> {
    const at = new Date().toISOString();
    const ended = {
      ...request,
      status: 'answered' as const,
      response: null,
      error: null,
      createdAt: at,
      sentAt: null,
      endedAt: at,
      ...how,
    };
    await this.service.deliver(COMMAND_RESULTS.events.ended, ended, { station: request.station });
  }

  private take(command: CommandToSend): Promise<Command> {
    const { id = 'none', ref, action, payload } = command;
    const status = this.takes(command);
    if (status instanceof CsmsError) return Promise.reject(status);
    this.sent.push(command);
    const nothing = { response: null, error: null, createdAt: '', sentAt: null, endedAt: null };
    return Promise.resolve({ id, ...ref, action, payload, status, ...nothing });
  }
}

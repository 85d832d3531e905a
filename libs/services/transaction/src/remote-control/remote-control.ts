import { isDeepStrictEqual } from 'node:util';
import { CsmsError, type Command, type Protocol, type StationRef } from '@voltbus/contracts';
import type { Connections } from '@voltbus/connections';
import type { CommandSender } from '@voltbus/service';
import { remoteCommands } from './remote-commands';
import type { Limit } from '../limits';
import { remoteStartState, type RemoteStart, type RequestedRemoteStart, type RemoteStartState } from './domain/remote-start';
import { remoteStopState, type RemoteStop, type RemoteStopState } from './domain/remote-stop';
import { connectedProtocol } from '../stations/connected-protocol';
import type { TypeormRemoteStarts } from './store/typeorm-remote-starts';
import type { TypeormRemoteStops } from './store/typeorm-remote-stops';
import type { TypeormTokens } from '../authorization';
import type { TypeormRemoteTargets } from './store/typeorm-remote-targets';

interface RemoteControlParts {
  commands: CommandSender;
  connections: Pick<Connections, 'find'>;
  tokens: Pick<TypeormTokens, 'find'>;
  starts: TypeormRemoteStarts;
  stops: TypeormRemoteStops;
  targets: TypeormRemoteTargets;
  /** A positive 31-bit integer. */
  drawId(): number;
  now(): Date;
}

/** The protocol of a command to an offline station that has never charged; the command will not arrive. */
const DEFAULT_PROTOCOL: Protocol = 'ocpp2.0.1';

/** The only version with tokens of type `DirectPayment`. */
const WITH_PAYMENTS: Protocol = 'ocpp2.1';

interface RemoteStartRequest {
  idToken: string;
  evse: number | null;
  limit?: Limit | null;
  /** C24: paid at a lone terminal; `idToken` is the payment's reference, and good for this start only. */
  paid?: boolean;
}

/** The command that carries a remote start or stop. */
interface CarryingCommand {
  /** A UUID. */
  id: string;
  requestedBy: string;
  /** Called when the command was there before. */
  onRepeat?: () => void;
}

/** Starts and stops sessions from afar, the same in every version (F01 to F03). */
export class RemoteControl {
  constructor(private readonly parts: RemoteControlParts) {}

  /** `id`: the command's, chosen by the caller. The same id with the same request is the same remote start. */
  async start(ref: StationRef, request: RemoteStartRequest, carrying: CarryingCommand): Promise<Command> {
    const { tokens, starts, commands, drawId, now } = this.parts;
    const { id } = carrying;
    const protocol =
      (await connectedProtocol(this.parts.connections, ref)) ?? (await this.parts.targets.lastProtocol(ref)) ?? DEFAULT_PROTOCOL;
    if (request.paid === true && protocol !== WITH_PAYMENTS)
      throw new CsmsError('conflict', `${protocol} knows no payments made beforehand`);
    const known = await tokens.find(ref.tenant, request.idToken);
    const { idToken, evse, limit = null } = request;
    const asked = { command: id, remoteStartId: drawId(), idToken, evse, limit, askedAt: now() };
    const first = await starts.remember(ref, asked);
    const { remoteStartId } = first ? asked : await this.sameStart(ref, asked);
    // C05: a token issued by the CSMS is of type Central
    const ask = remoteCommands[protocol].start({
      idToken: known?.idToken ?? idToken,
      type: request.paid === true ? 'DirectPayment' : (known?.type ?? 'Central'),
      evse,
      remoteStartId,
    });
    return taken(
      () => commands.sendCommand({ ...carrying, ref, ...ask }),
      () => (first ? starts.withdraw(ref.tenant, id) : undefined),
    );
  }

  /** Returns the remote start of a command with the session that followed, or the reason why there is none. */
  async follow(tenant: string, command: string): Promise<RemoteStart & { state: RemoteStartState }> {
    const start = await this.parts.starts.find(tenant, command);
    if (start === null) throw new CsmsError('not-found', 'no such remote start');
    return { ...start, state: remoteStartState(start, this.parts.now()) };
  }

  /** Returns the remote stop of a command with the end that followed, or the reason why there is none. */
  async followStop(tenant: string, command: string): Promise<RemoteStop & { state: RemoteStopState }> {
    const stop = await this.parts.stops.find(tenant, command);
    if (stop === null) throw new CsmsError('not-found', 'no such remote stop');
    return { ...stop, state: remoteStopState(stop, this.parts.now()) };
  }

  /** The station of a transaction; null where there is none. */
  async stationToStop(tenant: string, transaction: string): Promise<string | null> {
    return (await this.parts.targets.findToStop(tenant, transaction))?.view.station ?? null;
  }

  /** Of the transaction; `id` is the command's, as in `start`. */
  async stop(tenant: string, transaction: string, carrying: CarryingCommand): Promise<Command> {
    const { commands, stops, now } = this.parts;
    const { id } = carrying;
    const known = await this.parts.targets.findToStop(tenant, transaction);
    if (known === null) throw new CsmsError('not-found', `no transaction ${transaction}`);
    const { station, state, ocppTransactionId } = known.view;
    if (state === 'ended' && (await stops.find(tenant, id)) === null) throw new CsmsError('conflict', 'the transaction has ended');
    const ref = { tenant, station };
    const protocol = (await connectedProtocol(this.parts.connections, ref)) ?? known.protocol;
    const first = await stops.remember(ref, { command: id, transaction, askedAt: now() });
    return taken(
      () => commands.sendCommand({ ...carrying, ref, ...remoteCommands[protocol].stop(ocppTransactionId) }),
      () => (first ? stops.withdraw(tenant, id) : undefined),
    );
  }

  /** The remote start that was requested before under this id. */
  private async sameStart({ tenant, station }: StationRef, { command, idToken, evse, limit }: RequestedRemoteStart): Promise<RemoteStart> {
    const kept = await this.parts.starts.find(tenant, command);
    if (kept === null) throw new CsmsError('unavailable', 'the remote start could not be stored: ask again');
    if (!isDeepStrictEqual([kept.station, kept.idToken, kept.evse, kept.limit], [station, idToken, evse, limit]))
      throw new CsmsError('idempotency-key-reused', 'that Idempotency-Key was used for another remote start');
    return kept;
  }
}

/** A command that was refused before it was stored never reached the station: its remote start or stop is withdrawn. */
async function taken(accept: () => Promise<Command>, withdraw: () => Promise<void> | undefined): Promise<Command> {
  try {
    return await accept();
  } catch (error) {
    if (error instanceof CsmsError) await withdraw();
    throw error;
  }
}

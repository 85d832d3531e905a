import { CsmsError, commandEnded, type Command, type Protocol, type StationRef } from '@voltbus/contracts';
import type { Connections } from '@voltbus/connections';
import type { CommandDoor } from '@voltbus/station-link';
import { asks } from './asks';
import type { Limit } from './domain/limit';
import { refusalIn, remoteStartState, type RemoteStart, type RemoteStartState } from './domain/remote-start';
import { remoteStopState, type RemoteStop, type RemoteStopState } from './domain/remote-stop';
import { spokenVersion } from './spoken-version';
import type { TypeormRemoteStarts } from './store/typeorm-remote-starts';
import type { TypeormRemoteStops } from './store/typeorm-remote-stops';
import type { TypeormTokens } from './store/typeorm-tokens';
import type { TypeormTransactionViews } from './store/typeorm-transaction-views';

export interface RemoteControlParts {
  door: CommandDoor;
  connections: Pick<Connections, 'find'>;
  tokens: TypeormTokens;
  starts: TypeormRemoteStarts;
  stops: TypeormRemoteStops;
  views: TypeormTransactionViews;
  /** A positive 31-bit integer. */
  drawId(): number;
  now(): Date;
}

/** A station that is away and was never seen charging is asked in this version's words: it is not going to hear them. */
const UNHEARD: Protocol = 'ocpp2.0.1';

/** The only version with tokens of type `DirectPayment`. */
const WITH_PAYMENTS: Protocol = 'ocpp2.1';

export interface RemoteStartWish {
  idToken: string;
  evse: number | null;
  limit?: Limit | null;
  /** C24: paid at a lone terminal; `idToken` is the payment's reference, and good for this start only. */
  paid?: boolean;
}

/** Starts and stops sessions from afar, the same in every version (F01 to F03). */
export class RemoteControl {
  constructor(private readonly parts: RemoteControlParts) {}

  async start(ref: StationRef, wish: RemoteStartWish, requestedBy: string): Promise<Command> {
    const { tokens, starts, door, drawId, now } = this.parts;
    const protocol = (await spokenVersion(this.parts.connections, ref)) ?? (await this.parts.views.lastProtocol(ref)) ?? UNHEARD;
    if (wish.paid === true && protocol !== WITH_PAYMENTS) throw new CsmsError('conflict', `${protocol} knows no payments made beforehand`);
    const known = await tokens.find(ref.tenant, wish.idToken);
    const remoteStartId = drawId();
    const { idToken, evse, limit = null } = wish;
    await starts.remember(ref, { remoteStartId, idToken, evse, limit, askedAt: now() });
    // C05: a token issued by the CSMS is of type Central
    const ask = asks[protocol].start({
      idToken: known?.idToken ?? idToken,
      type: wish.paid === true ? 'DirectPayment' : (known?.type ?? 'Central'),
      evse,
      remoteStartId,
    });
    const command = await door.accept({ ref, ...ask, requestedBy });
    await starts.carriedBy(ref, remoteStartId, command.id);
    const refusal = commandEnded(command.status) ? refusalIn(command) : null; // offline: nobody will say so again
    if (refusal !== null) await starts.refused(ref.tenant, command.id, refusal);
    return command;
  }

  /** What became of the remote start that the command carries: the session that followed, or why there is none. */
  async follow(tenant: string, command: string): Promise<RemoteStart & { state: RemoteStartState }> {
    const start = await this.parts.starts.find(tenant, command);
    if (start === null) throw new CsmsError('not-found', 'no such remote start');
    return { ...start, state: remoteStartState(start, this.parts.now()) };
  }

  /** What became of the remote stop that the command carries: the end that followed, or why there is none. */
  async followStop(tenant: string, command: string): Promise<RemoteStop & { state: RemoteStopState }> {
    const stop = await this.parts.stops.find(tenant, command);
    if (stop === null) throw new CsmsError('not-found', 'no such remote stop');
    return { ...stop, state: remoteStopState(stop, this.parts.now()) };
  }

  async stop(tenant: string, id: string, requestedBy: string): Promise<Command> {
    const known = await this.parts.views.findWithProtocol(tenant, id);
    if (known === null) throw new CsmsError('not-found', `no transaction ${id}`);
    const { station, state, ocppTransactionId } = known.view;
    if (state === 'ended') throw new CsmsError('conflict', 'the transaction has ended');
    const ref = { tenant, station };
    const protocol = (await spokenVersion(this.parts.connections, ref)) ?? known.protocol;
    const { door, stops, now } = this.parts;
    const command = await door.accept({ ref, ...asks[protocol].stop(ocppTransactionId), requestedBy });
    await stops.remember(ref, { command: command.id, transaction: id, askedAt: now() });
    const refusal = commandEnded(command.status) ? refusalIn(command) : null; // offline: nobody will say so again
    if (refusal !== null) await stops.refused(tenant, command.id, refusal);
    return command;
  }
}

import { randomUUID } from 'node:crypto';
import type { Bus } from '@voltbus/bus';
import { ConnectionsUnavailable, findLive, type Connections, type Owner } from '@voltbus/connections';
import { CsmsError, commandEnded, type CommandRequest, type StationRef } from '@voltbus/contracts';
import type { CommandToSend, StationAllowance } from '@voltbus/service';
import type { RouterTelemetry } from '../telemetry';
import { checkCommand, commandFault } from './command-check';
import { endedOffline, isRepeat, refused, type Refusal } from './domain/acceptance';
import { newCommand, type CommandState } from './domain/command';
import { crowded } from './domain/command-limits';
import { carriesSecret } from './domain/secrets';
import type { Sealing } from './sealing';
import type { TypeormCommands } from './store/typeorm-commands';

const USUAL_PRIORITY = 5;

interface CommandsParts {
  store: TypeormCommands;
  connections: Pick<Connections, 'findMany' | 'leases'>;
  bus: Pick<Bus, 'available'>;
  telemetry: RouterTelemetry;
  sealing: Sealing;
  /** Commands that the API accepts for one station. */
  allowance: Pick<StationAllowance, 'within'>;
  now(): Date;
  /** Called after a commit that has put an event into the outbox. */
  wakeRelay(): void;
}

/** A command as it is stored. */
export interface AcceptedCommand {
  state: CommandState;
  /** The connection of its station, which has the action; null: there is none, or the command was accepted before. */
  owner: Owner | null;
}

/** Accepts commands: checks them, then stores them, once per id. */
export class Commands {
  constructor(private readonly parts: CommandsParts) {}

  /**
   * Accepts a command of the API. Rejects with `CsmsError` when the station could not be sent the command, when the connection registry is away, and when the
   * bus is known to be away, unless the command may wait for its station anyway; then nothing is stored.
   */
  async accept(request: CommandToSend): Promise<AcceptedCommand> {
    const { ref, action, payload } = request;
    if (carriesSecret(action, payload))
      throw new CsmsError('secret-in-command', 'a secret of the station would stay in storage and logs: set it by its own way');
    const requested = this.stateOf(request);
    // a repeat is answered also while the registry is away, and when the station has come back in another version
    const before = request.id === undefined ? null : await this.parts.store.state(ref.tenant, requested.command.id);
    if (before !== null) return { state: repeated(requested, before, request), owner: null };
    if (requested.keepUntil === null && !this.parts.bus.available)
      throw new CsmsError('unavailable', 'the bus is away, and the command could not reach its station: nothing was stored');
    await this.mustHaveRoom(ref);
    const owner = await this.find(ref);
    checkCommand(owner?.protocol ?? null, action, payload);
    const offline = owner === null && requested.keepUntil === null;
    const { added, state } = await this.store(offline ? endedOffline(requested, this.parts.now()) : requested, request.requestedBy);
    return added ? { state, owner } : { state: repeated(requested, state, request), owner: null };
  }

  /**
   * Accepts a command that another service has requested over the bus. An error has no caller to return to, so it becomes the end of the command.
   * Returns true when there is a command to dispatch.
   */
  async acceptRequest({ tenant, station, ...request }: CommandRequest, createdAt: Date): Promise<boolean> {
    const requested = this.parts.sealing.sealed(newCommand({ ...request, ref: { tenant, station }, ttlSeconds: 0, createdAt }));
    const refusal = refusalOf(request.action, request.payload) ?? (await this.crowdRefusal({ tenant, station }, request.id));
    const { state } = await this.store(refusal === null ? requested : refused(requested, refusal, this.parts.now()), request.requestedBy);
    return !commandEnded(state.command.status);
  }

  /** Throws `too-many-commands`. */
  private async mustHaveRoom(ref: StationRef): Promise<void> {
    const crowd = crowded(await this.parts.store.crowd(ref));
    const why =
      crowd ??
      (this.parts.allowance.within([{ ref }]).length === 0 ? 'the station was given as many commands as it may be in a day' : null);
    if (why === null) return;
    this.parts.telemetry.tooMany(ref);
    throw new CsmsError('too-many-commands', why);
  }

  /** A repeat of a stored command needs no further room. */
  private async crowdRefusal(ref: StationRef, id: string): Promise<Refusal | null> {
    const why = crowded(await this.parts.store.crowd(ref));
    if (why === null || (await this.parts.store.state(ref.tenant, id)) !== null) return null;
    this.parts.telemetry.tooMany(ref);
    return { code: 'too-many-commands', description: why, secret: false };
  }

  private async find(ref: StationRef): Promise<Owner | null> {
    try {
      return (await findLive(this.parts.connections, [ref]))[0] ?? null;
    } catch (error) {
      if (error instanceof ConnectionsUnavailable)
        throw new CsmsError('unavailable', 'the connection registry is away: nothing was stored', {}, { cause: error });
      throw error;
    }
  }

  private stateOf({ id, ref, action, payload, priority, requestedBy, ttlSeconds }: CommandToSend): CommandState {
    const requested = newCommand({
      id: id ?? randomUUID(),
      ref,
      action,
      payload,
      priority: priority ?? USUAL_PRIORITY,
      requestedBy,
      ttlSeconds: ttlSeconds ?? 0,
      createdAt: this.parts.now(),
    });
    return this.parts.sealing.sealed(requested);
  }

  private async store(requested: CommandState, requestedBy: string): Promise<{ added: boolean; state: CommandState }> {
    const { store, telemetry, wakeRelay } = this.parts;
    const over = commandEnded(requested.command.status);
    const stored = await store.add(over ? { ...requested, sealed: null } : requested); // a command that has ended is never sent
    const { command } = stored.state;
    if (stored.added) {
      telemetry.accepted(command, requestedBy);
      if (commandEnded(command.status)) {
        telemetry.ended(command);
        wakeRelay();
      }
    }
    return stored;
  }
}

function refusalOf(action: string, payload: unknown): Refusal | null {
  if (carriesSecret(action, payload)) return { code: 'secret-in-command', description: 'the payload was not kept', secret: true };
  const fault = commandFault(null, action, payload);
  return fault === null ? null : { ...fault, secret: false };
}

/** The stored command, if the same is requested once more. */
function repeated(requested: CommandState, stored: CommandState, { onRepeat }: CommandToSend): CommandState {
  if (!isRepeat(requested, stored)) throw new CsmsError('idempotency-key-reused', 'that Idempotency-Key was used for another command');
  onRepeat?.();
  return stored;
}

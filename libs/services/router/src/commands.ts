import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { ConnectionsUnavailable, findLive, type Connections, type Owner } from '@voltbus/connections';
import { CsmsError, commandEnded, type Command, type CommandRequest, type StationRef } from '@voltbus/contracts';
import type { CommandSender, CommandToSend, StationAllowance } from '@voltbus/service';
import { checkCommand } from './command-check';
import { ended as endedAs, newCommand, type CommandState } from './domain/command';
import { crowded } from './domain/command-limits';
import { carriesSecret } from './domain/secrets';
import type { RouterTelemetry } from './telemetry';
import type { Sealing } from './sealing';
import type { TypeormCommands } from './store/typeorm-commands';
import type { Waiters } from './waiters';

const USUAL_PRIORITY = 5;

export interface CommandsParts {
  store: TypeormCommands;
  connections: Pick<Connections, 'findMany' | 'leases'>;
  telemetry: RouterTelemetry;
  sealing: Sealing;
  /** What the API takes for one station. */
  allowance: Pick<StationAllowance, 'within'>;
  now(): Date;
  /** Something is in the outbox. */
  ended(): void;
}

/** Takes commands in: checked, then stored, once per id. */
export class Commands {
  constructor(private readonly parts: CommandsParts) {}

  /** Rejects with `CsmsError` what the station cannot be told, and when nobody can say whether it is there: then nothing is stored. */
  async accept(wish: CommandToSend): Promise<CommandState> {
    const { ref, action, payload } = wish;
    if (carriesSecret(action, payload))
      throw new CsmsError('secret-in-command', 'a secret of the station would stay in storage and logs: set it by its own way');
    const wanted = this.stateOf(wish);
    // a repeat is told of its command also while the registry is away, or when the station has come back in another version
    const before = wish.id === undefined ? null : await this.parts.store.state(ref.tenant, wanted.command.id);
    if (before !== null) return repeated(wanted, before);
    await this.mustHaveRoom(ref);
    const owner = await this.find(ref);
    checkCommand(owner?.protocol ?? null, action, payload);
    const offline = owner === null && wanted.keepUntil === null;
    const { added, state } = await this.store(offline ? endedAtOnce(wanted, this.parts.now()) : wanted, wish.requestedBy);
    return added ? state : repeated(wanted, state);
  }

  /**
   * Takes in what another service asked for over the bus. Nobody is there to be told of a mistake, so that it becomes the command's end. True when
   * there is something to dispatch.
   */
  async acceptAsked({ tenant, station, ...request }: CommandRequest, createdAt: Date): Promise<boolean> {
    const wanted = this.parts.sealing.sealed(newCommand({ ...request, ref: { tenant, station }, ttlSeconds: 0, createdAt }));
    const refusal = refusalOf(request.action, request.payload) ?? (await this.crowdOf({ tenant, station }, request.id));
    const { state } = await this.store(refusal === null ? wanted : refused(wanted, refusal, this.parts.now()), request.requestedBy);
    return state.command.status === 'queued';
  }

  /** Throws `too-many-commands`. A repeat is no further command. */
  private async mustHaveRoom(ref: StationRef): Promise<void> {
    const crowd = crowded(await this.parts.store.crowd(ref));
    const why =
      crowd ??
      (this.parts.allowance.within([{ ref }]).length === 0 ? 'as many commands were asked of the station as may be in a day' : null);
    if (why === null) return;
    this.parts.telemetry.tooMany(ref);
    throw new CsmsError('too-many-commands', why);
  }

  /** Of what comes over the bus: the hint about a command that is stored is none more. */
  private async crowdOf(ref: StationRef, id: string): Promise<Refusal | null> {
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
    const wanted = newCommand({
      id: id ?? randomUUID(),
      ref,
      action,
      payload,
      priority: priority ?? USUAL_PRIORITY,
      requestedBy,
      ttlSeconds: ttlSeconds ?? 0,
      createdAt: this.parts.now(),
    });
    return this.parts.sealing.sealed(wanted);
  }

  private async store(wanted: CommandState, requestedBy: string): Promise<{ added: boolean; state: CommandState }> {
    const { store, telemetry, ended } = this.parts;
    const over = commandEnded(wanted.command.status);
    const stored = await store.add(over ? { ...wanted, sealed: null } : wanted); // what is over is never sent
    const { command } = stored.state;
    if (stored.added) {
      telemetry.accepted(command, requestedBy);
      if (commandEnded(command.status)) {
        telemetry.ended(command);
        ended();
      }
    }
    return stored;
  }
}

interface Refusal {
  code: string;
  description: string;
  secret: boolean;
}

function endedAtOnce(state: CommandState, at: Date): CommandState {
  return { ...state, command: endedAs(state.command, { status: 'offline' }, at) };
}

function refused(state: CommandState, error: Refusal, at: Date): CommandState {
  const { secret, ...rest } = error;
  const command = endedAs(state.command, { status: 'error', error: rest }, at);
  return { ...state, command: secret ? { ...command, payload: {} } : command };
}

function refusalOf(action: string, payload: unknown): Refusal | null {
  if (carriesSecret(action, payload)) return { code: 'secret-in-command', description: 'the payload was not kept', secret: true };
  try {
    checkCommand(null, action, payload);
    return null;
  } catch (error) {
    if (error instanceof CsmsError) return { code: error.code, description: error.message, secret: false };
    throw error;
  }
}

/** The same wish once more: an id stands for its station, action, payload, priority and ttl. */
function repeated(wanted: CommandState, stored: CommandState): CommandState {
  if (isDeepStrictEqual(essence(wanted), essence(stored))) return stored;
  throw new CsmsError('conflict', 'that Idempotency-Key was used for another command');
}

function essence({ command, priority, keepUntil, fingerprint }: CommandState): unknown {
  const { station, action, payload, createdAt } = command;
  const ttlMs = keepUntil === null ? 0 : keepUntil.getTime() - Date.parse(createdAt);
  return JSON.parse(JSON.stringify({ station, action, payload, priority, ttlMs, fingerprint }));
}

/** The door of the HTTP API: accepts, tells the router, waits as long as the caller likes. */
export class WaitingDoor implements CommandSender {
  constructor(private readonly parts: { commands: Commands; waiters: Waiters; hint(state: CommandState): void }) {}

  async sendCommand(wish: CommandToSend): Promise<Command> {
    const { commands, waiters, hint } = this.parts;
    const state = await commands.accept(wish);
    const { command } = state;
    if (command.status === 'queued') hint(state);
    return commandEnded(command.status) ? command : waiters.wait(command, wish.waitSeconds ?? 0);
  }
}

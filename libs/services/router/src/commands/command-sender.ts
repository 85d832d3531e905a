import { commandEnded, stationKey, type Command } from '@voltbus/contracts';
import type { CommandSender, CommandToSend } from '@voltbus/service';
import type { RouterTelemetry } from '../telemetry';
import type { AcceptedCommand, Commands } from './commands';
import type { Dispatch } from './dispatch';
import type { ResultWaiters } from './result-waiters';

interface CommandSenderParts {
  commands: Pick<Commands, 'accept'>;
  dispatch: Pick<Dispatch, 'sendNew'>;
  waiters: Pick<ResultWaiters, 'wait'>;
  telemetry: Pick<RouterTelemetry, 'workFailed'>;
  /** Tells the routers that a command waits to be dispatched. Not awaited: they poll too. */
  wakeRouters(command: Command): void;
}

/**
 * Sends commands for the HTTP API: accepts a command, sends it to the gateway of its station or leaves it to the routers, and waits for the result as
 * long as the caller wants to.
 */
export class WaitingCommandSender implements CommandSender {
  /** The last command of each station that is being handed on; one waits for those before it, so that they reach the station in their order. */
  private readonly sending = new Map<string, Promise<void>>();

  constructor(private readonly parts: CommandSenderParts) {}

  async sendCommand(request: CommandToSend): Promise<Command> {
    const { commands, waiters } = this.parts;
    const accepted = await commands.accept(request);
    const { command } = accepted.state;
    if (command.status === 'queued') this.start(accepted);
    return commandEnded(command.status) ? command : waiters.wait(command, request.waitSeconds ?? 0);
  }

  /** Resolves when every command that was accepted so far was handed on. */
  async idle(): Promise<void> {
    await Promise.all(this.sending.values());
  }

  /** The caller does not wait for the bus: the command is stored, and a router sends it if we cannot. */
  private start(accepted: AcceptedCommand): void {
    const key = stationKey(accepted.state.command);
    const before = this.sending.get(key) ?? Promise.resolve();
    const sending = before
      .then(() => this.send(accepted))
      .finally(() => {
        if (this.sending.get(key) === sending) this.sending.delete(key);
      });
    this.sending.set(key, sending);
  }

  private async send({ state, owner }: AcceptedCommand): Promise<void> {
    const { dispatch, telemetry, wakeRouters } = this.parts;
    try {
      if (owner !== null && (await dispatch.sendNew(state, owner))) return;
    } catch (error) {
      telemetry.workFailed('dispatch', error);
    }
    wakeRouters(state.command);
  }
}

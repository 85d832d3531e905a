import { commandEnded, type Command } from '@voltbus/contracts';
import type { CommandSender, CommandToSend } from '@voltbus/service';
import type { Commands } from './commands';
import type { ResultWaiters } from './result-waiters';

interface CommandSenderParts {
  commands: Pick<Commands, 'accept'>;
  waiters: Pick<ResultWaiters, 'wait'>;
  /** Tells the routers that a command waits to be dispatched. Not awaited: they poll too. */
  wakeRouters(command: Command): void;
}

/** Sends commands for the HTTP API: accepts a command, wakes the routers, and waits for the result as long as the caller wants to. */
export class WaitingCommandSender implements CommandSender {
  constructor(private readonly parts: CommandSenderParts) {}

  async sendCommand(request: CommandToSend): Promise<Command> {
    const { commands, waiters, wakeRouters } = this.parts;
    const { command } = await commands.accept(request);
    if (command.status === 'queued') wakeRouters(command);
    return commandEnded(command.status) ? command : waiters.wait(command, request.waitSeconds ?? 0);
  }
}

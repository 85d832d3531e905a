import { randomUUID } from 'node:crypto';
import type { Command } from '@voltbus/contracts';
import type { CommandSender, CommandToSend } from '@voltbus/service';

type Outcome = Partial<Pick<Command, 'status' | 'response' | 'error'>>;

/** A command that has ended as it is said, now unless another instant is given. */
export function endedCommand(command: Pick<Command, 'tenant' | 'station' | 'action' | 'payload'> & Partial<Command>): Command {
  const now = new Date().toISOString();
  return { id: randomUUID(), status: 'answered', response: null, error: null, createdAt: now, sentAt: now, endedAt: now, ...command };
}

/** The router and a station that answers commands as it is told to; without an answer it is offline. */
export class FakeCommands implements CommandSender {
  readonly sent: CommandToSend[] = [];
  private readonly answers = new Map<string, (payload: Record<string, unknown>) => Outcome | Promise<Outcome>>();

  /** Sets the outcome of an action. It may throw what the router refuses. */
  answer(action: string, outcome: (payload: Record<string, unknown>) => Outcome | Promise<Outcome>): void {
    this.answers.set(action, outcome);
  }

  payloadsOf(action: string): Record<string, unknown>[] {
    return this.sent.filter((one) => one.action === action).map(({ payload }) => payload);
  }

  forget(): void {
    this.sent.length = 0;
  }

  async sendCommand(command: CommandToSend): Promise<Command> {
    this.sent.push(command);
    const { ref, action, payload, id = randomUUID() } = command;
    const outcome = (await this.answers.get(action)?.(payload)) ?? { status: 'offline' };
    return endedCommand({ ...ref, id, action, payload, ...outcome });
  }
}

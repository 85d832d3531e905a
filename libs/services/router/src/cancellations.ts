import { CsmsError, commandEnded, type Command } from '@voltbus/contracts';
import type { CommandState } from './domain/command';
import type { RouterTelemetry } from './telemetry';
import type { CommandUnit, TypeormCommands } from './store/typeorm-commands';

export interface CancellationsParts {
  store: TypeormCommands;
  telemetry: RouterTelemetry;
  now(): Date;
  /** Something is in the outbox. */
  ended(): void;
}

/** Takes commands back while nobody but the router has them: what may be on a socket cannot be taken back, and has its own end. */
export class Cancellations {
  constructor(private readonly parts: CancellationsParts) {}

  /** The command as it ended; again, the same. Rejects with `CsmsError`: `not-found`, `too-late`. */
  async cancel(tenant: string, id: string): Promise<Command> {
    const { store, telemetry, ended } = this.parts;
    const outcome = await store.changing(tenant, id, (unit) => this.decide(unit));
    if (outcome === null) throw new CsmsError('not-found', 'no such command');
    if (outcome.now) {
      telemetry.ended(outcome.command);
      ended();
    }
    return outcome.command;
  }

  private async decide(unit: CommandUnit): Promise<{ command: Command; now: boolean }> {
    const { command } = unit.state;
    if (command.status === 'cancelled') return { command, now: false };
    const reason = tooLate(unit.state);
    if (reason !== null) throw new CsmsError('too-late', reason);
    return { command: await unit.end({ status: 'cancelled' }, this.parts.now()), now: true };
  }
}

function tooLate({ command, address }: CommandState): string | null {
  if (commandEnded(command.status)) return `it has ended: ${command.status}`;
  return address === null ? null : "the station's gateway has it: it may be on the socket already";
}

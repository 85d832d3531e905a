import { CsmsError, type Command, type StationRef } from '@voltbus/contracts';
import type { RouterTelemetry } from '../telemetry';
import { tooLateToCancel } from './domain/command';
import type { CommandUnit } from './store/typeorm-command-unit';
import type { TypeormCommands } from './store/typeorm-commands';

interface CancellationsParts {
  store: TypeormCommands;
  telemetry: RouterTelemetry;
  now(): Date;
  /** Called after a commit that has put an event into the outbox. */
  wakeRelay(): void;
}

/** Cancels commands that no gateway was given yet. A command that may be on a socket cannot be cancelled; it has its own end. */
export class Cancellations {
  constructor(private readonly parts: CancellationsParts) {}

  /** Returns the command as it ended, also when it was cancelled before. Rejects with `CsmsError`: `not-found`, `too-late`. */
  async cancel(tenant: string, id: string): Promise<Command> {
    const { store, telemetry, wakeRelay } = this.parts;
    const outcome = await store.changing(tenant, id, (unit) => this.decide(unit));
    if (outcome === null) throw new CsmsError('not-found', 'no such command');
    if (outcome.now) {
      telemetry.ended(outcome.command);
      wakeRelay();
    }
    return outcome.command;
  }

  /** What waits for a station that was deleted is not for a later one of its name. `before`: commands that were accepted after it are for that one. */
  async cancelOf(ref: StationRef, before: Date): Promise<void> {
    for (const id of await this.parts.store.waitingOf(ref, before))
      await this.cancel(ref.tenant, id).catch((error: unknown) => {
        if (!(error instanceof CsmsError)) throw error; // a gateway was given it meanwhile: it has an end of its own
      });
  }

  private async decide(unit: CommandUnit): Promise<{ command: Command; now: boolean }> {
    const { command } = unit.state;
    if (command.status === 'cancelled') return { command, now: false };
    const reason = tooLateToCancel(unit.state);
    if (reason !== null) throw new CsmsError('too-late', reason);
    return { command: await unit.end({ status: 'cancelled' }, this.parts.now()), now: true };
  }
}

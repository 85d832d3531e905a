import type { CallResult, Command } from '@voltbus/contracts';
import type { RouterTelemetry } from '../telemetry';
import { callTimeoutMs } from './domain/call-timeout';
import { deadlineOf, effectOf, isOverdue, overdueEnd, type CommandState, type EndingResult } from './domain/command';
import type { CommandUnit } from './store/typeorm-command-unit';
import type { TypeormCommands } from './store/typeorm-commands';

/** Most overdue commands that one run ends. */
const BATCH = 200;

interface CommandResultsParts {
  store: TypeormCommands;
  telemetry: RouterTelemetry;
  /** How long a station may usually take to answer. */
  callTimeoutMs: number;
  now(): Date;
  /** Called after a commit that has put an event into the outbox. */
  wakeRelay(): void;
  /** Called after a commit that has queued a command again. */
  wakeDispatcher(): void;
}

/** Ends commands, each exactly once: by the results that gateways publish, or at the deadline. */
export class CommandResults {
  constructor(private readonly parts: CommandResultsParts) {}

  async record({ outcome, ...result }: CallResult): Promise<void> {
    if (outcome.kind === 'sent') return this.recordSent({ ...result, outcome });
    const afterCommit = await this.parts.store.changing(result.tenant, result.commandId, (unit) =>
      this.apply(unit, { ...result, outcome }),
    );
    if (afterCommit === null) this.parts.telemetry.resultIgnored({ ...result, outcome });
    else afterCommit();
  }

  /** One statement: almost every command passes here, and its answer waits behind. */
  private async recordSent(result: CallResult): Promise<void> {
    const { store, telemetry, now } = this.parts;
    const sentAt = new Date(result.sentAt ?? now()).toISOString();
    const endBy = deadlineOf(new Date(sentAt), callTimeoutMs(result.action, this.parts.callTimeoutMs));
    const state = await store.sent(result, sentAt, endBy);
    if (state === null) telemetry.resultIgnored(result);
    else telemetry.sent(state, sentAt);
  }

  /** Returns what to do once the change is committed; null when the result changes nothing. */
  private async apply(unit: CommandUnit, result: EndingResult): Promise<(() => void) | null> {
    const { telemetry, now } = this.parts;
    const { command } = unit.state;
    const effect = effectOf(unit.state, result, now());
    switch (effect.kind) {
      case 'none':
        return null;
      case 'again':
        await unit.again(now());
        return () => {
          telemetry.sentAgain(command, result.outcome.kind);
          this.parts.wakeDispatcher();
        };
      case 'end': {
        const end = await unit.end(effect.end, now());
        return () => this.reportEnd(unit.state, end);
      }
    }
  }

  /**
   * Ends the commands whose deadline has passed. `resultsRead` tells whether every result that gateways published
   * before an instant was read: an answer that waits in the topic comes first.
   */
  async endOverdue(resultsRead: (instant: number) => Promise<boolean>): Promise<void> {
    const { store, now } = this.parts;
    const late = await store.overdue(now(), BATCH);
    const latest = late.at(-1);
    if (latest === undefined || !(await resultsRead(latest.endBy.getTime()))) return;
    for (const state of late) {
      const { command, endBy } = state;
      const end = await store.changing(command.tenant, command.id, async (unit) =>
        isOverdue(unit.state, endBy) ? unit.end(overdueEnd(unit.state), now()) : null,
      );
      if (end !== null) this.reportEnd(state, end);
    }
  }

  private reportEnd(before: CommandState, end: Command): void {
    const { telemetry, wakeRelay } = this.parts;
    if (before.command.sentAt === null && end.sentAt !== null) telemetry.sent({ ...before, command: end }, end.sentAt);
    telemetry.ended(end);
    wakeRelay();
  }
}

import type { CallResult, Command } from '@voltbus/contracts';
import { callTimeoutMs } from './domain/call-timeout';
import { judgedAt, overdue, settlement } from './domain/command';
import type { RouterTelemetry } from './telemetry';
import type { CommandUnit, TypeormCommands } from './store/typeorm-commands';

/** Overdue commands ended by one look. */
const BATCH = 200;

export interface SettlementsParts {
  store: TypeormCommands;
  telemetry: RouterTelemetry;
  /** How long a station may usually take to answer. */
  callTimeoutMs: number;
  now(): Date;
  /** Something is in the outbox. */
  ended(): void;
  /** Something waits to be sent. */
  queued(): void;
}

/** Ends commands, each exactly once: by what gateways say of them, or by the clock. */
export class Settlements {
  constructor(private readonly parts: SettlementsParts) {}

  async settle(result: CallResult): Promise<void> {
    const tell = await this.parts.store.changing(result.tenant, result.commandId, (unit) => this.apply(unit, result));
    // only after the commit, and only if it was
    if (tell === null) this.parts.telemetry.settlementIgnored(result);
    else tell();
  }

  /** What to tell once it is stored; null when it changes nothing. */
  private async apply(unit: CommandUnit, result: CallResult): Promise<(() => void) | null> {
    const { telemetry, now } = this.parts;
    const { command } = unit.state;
    const change = settlement(unit.state, result, now());
    switch (change.kind) {
      case 'none':
        return null;
      case 'sent': {
        const timeoutMs = callTimeoutMs(command.action, this.parts.callTimeoutMs);
        await unit.sent(change.sentAt, judgedAt(new Date(change.sentAt), timeoutMs));
        return () => telemetry.sent(command, change.sentAt);
      }
      case 'again':
        await unit.again(now());
        return () => {
          telemetry.sentAgain(command, result.outcome.kind);
          this.parts.queued();
        };
      case 'end': {
        const end = await unit.end(change.end, now());
        return () => this.tellEnd(command, end);
      }
    }
  }

  /**
   * Ends what has waited too long. `heard`: whether everything gateways said before an instant was read: an answer that waits in the topic comes first.
   */
  async sweep(heard: (instant: number) => Promise<boolean>): Promise<void> {
    const { store, now } = this.parts;
    const late = await store.overdue(now(), BATCH);
    const latest = late.at(-1);
    if (latest === undefined || !(await heard(latest.endBy.getTime()))) return;
    for (const { command, endBy } of late) {
      const end = await store.changing(command.tenant, command.id, async (unit) => {
        const open = unit.state.command.status === 'queued' || unit.state.command.status === 'sent';
        // `sent` moves the deadline: it may have come since
        return open && unit.state.endBy <= endBy ? unit.end(overdue(unit.state), now()) : null;
      });
      if (end !== null) this.tellEnd(command, end);
    }
  }

  private tellEnd(before: Command, end: Command): void {
    const { telemetry, ended } = this.parts;
    if (before.sentAt === null && end.sentAt !== null) telemetry.sent(end, end.sentAt);
    telemetry.ended(end);
    ended();
  }
}

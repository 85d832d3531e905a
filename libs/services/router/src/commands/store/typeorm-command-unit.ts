import type { Command } from '@voltbus/contracts';
import type { Outbox } from '@voltbus/database';
import type { EntityManager } from 'typeorm';
import { commandEndedEvent } from '../command-events';
import { ended, type CommandState, type End } from '../domain/command';
import type { Sealing } from '../sealing';
import { json } from './command-row';

/** One command, locked for the transaction. */
export class CommandUnit {
  constructor(
    private readonly parts: { manager: EntityManager; outbox: Outbox; sealing: Sealing },
    readonly state: CommandState,
  ) {}

  /** Queues the command again, for another connection than the one it was meant for. */
  async again(now: Date): Promise<void> {
    await this.update(
      'refused_epoch = epoch, inst = NULL, bucket = NULL, epoch = NULL, dispatched_at = NULL, end_by = send_by, look_at = $3',
      [now],
    );
  }

  async end(end: End, at: Date): Promise<Command> {
    const { manager, outbox, sealing } = this.parts;
    const kept = sealing.sealed(this.state); // a row that was stored before secrets were removed
    const command = ended(kept.command, sealing.shown(kept, end), at);
    const { status, response, error, sentAt, endedAt, payload } = command;
    const values = [status, json(response), json(error), sentAt, endedAt, json(payload)];
    const assignments =
      'status = $3, response = $4::json, error = $5::json, sent_at = $6, ended_at = $7, payload = $8::json, sealed = NULL';
    await this.update(assignments, values);
    await outbox.add(manager, [commandEndedEvent(command)]);
    return command;
  }

  private async update(assignments: string, values: readonly unknown[]): Promise<void> {
    const { tenant, id } = this.state.command;
    await this.parts.manager.query(`UPDATE router.commands SET ${assignments} WHERE tenant = $1 AND id = $2`, [tenant, id, ...values]);
  }
}

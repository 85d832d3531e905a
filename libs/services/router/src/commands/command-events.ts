import { COMMAND_RESULTS, deterministicId, type Command } from '@voltbus/contracts';
import { outboxEvent, type OutboxEvent } from '@voltbus/database';

/** The event on `csms.command-results.v1`: a command has ended, once. */
export function commandEndedEvent(command: Command): OutboxEvent {
  return outboxEvent(COMMAND_RESULTS.events.ended, {
    id: deterministicId(command.tenant, command.id, 'ended'),
    ref: command,
    time: command.endedAt ?? command.createdAt,
    value: command,
  });
}

import { COMMAND_RESULTS, deterministicId, stationKey, type Command } from '@voltbus/contracts';
import type { OutboxEvent } from '@voltbus/database';

/** The event on `csms.command-results.v1`: a command has ended, once. */
export function commandEndedEvent(command: Command): OutboxEvent {
  const ref = { tenant: command.tenant, station: command.station };
  return {
    topic: COMMAND_RESULTS,
    ref,
    event: {
      id: deterministicId(command.tenant, command.id, 'ended'),
      type: 'voltbus.command.ended',
      source: '/voltbus/router',
      time: command.endedAt ?? command.createdAt,
      subject: stationKey(ref),
      tenant: command.tenant,
    },
    value: command,
  };
}

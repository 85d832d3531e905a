import { COMMAND_RESULTS, deterministicId, stationKey, type Command } from '@voltbus/contracts';
import type { OutboxEvent } from '@voltbus/database';

/** `csms.command-results.v1`, the only place that says what is on it: the end of a command, once. */
export function commandEnd(command: Command): OutboxEvent {
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

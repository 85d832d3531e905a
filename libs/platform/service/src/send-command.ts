import { COMMANDS, TRACE_HEADER, commandRequestSchema, stationKey, type CommandRequest } from '@voltbus/contracts';
import { publishInSpan, type Bus } from '@voltbus/bus';
import type { z } from 'zod';

/**
 * Sends a command to a station in the version it speaks, by way of the router. The requester chooses the id, and a
 * repeat under the same id is the same command. Its result is published on `csms.command-results.v1`, exactly once.
 */
export async function sendCommand(bus: Bus, command: z.input<typeof commandRequestSchema>): Promise<void> {
  const request: CommandRequest = commandRequestSchema.parse(command);
  await publishInSpan({
    bus,
    topic: COMMANDS,
    record: (trace) => ({
      key: stationKey(request),
      value: Buffer.from(JSON.stringify(request)),
      ...(trace === undefined ? {} : { headers: { [TRACE_HEADER]: trace } }),
    }),
  });
}

import { COMMANDS, commandRequestSchema, stationKey, type CommandRequest } from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import type { z } from 'zod';

/**
 * Puts a wish to a station in the version it speaks; the router takes it from here. The id is the asker's: asking twice under one id is asking
 * once. The end is said on `csms.command-results.v1`, exactly once.
 */
export async function sendCommand(bus: Bus, wish: z.input<typeof commandRequestSchema>): Promise<void> {
  const request: CommandRequest = commandRequestSchema.parse(wish);
  await bus.publish(COMMANDS, { key: stationKey(request), value: Buffer.from(JSON.stringify(request)) });
}

import { randomUUID } from 'node:crypto';
import type { Bus } from '@voltbus/bus';
import { COMMANDS, stationKey, toCloudEventHeaders, type Command } from '@voltbus/contracts';
import type { RouterTelemetry } from '../telemetry';

interface WakeParts {
  telemetry: Pick<RouterTelemetry, 'wakeLost'>;
  now(): Date;
}

/**
 * Makes the function that wakes the dispatchers: it publishes the id, tenant and station of a command that waits, and nothing that could be accepted
 * a second time. A wake that is lost costs a second, because dispatchers poll too.
 */
export function wakePublisher(bus: Pick<Bus, 'publish'>, { telemetry, now }: WakeParts): (command: Command) => void {
  return (command) => {
    const { id, tenant, station } = command;
    const key = stationKey(command);
    const headers = toCloudEventHeaders({
      id: randomUUID(),
      type: COMMANDS.events.waiting.type ?? '',
      source: '/voltbus/router',
      time: now().toISOString(),
      subject: key,
      tenant,
    });
    const value = Buffer.from(JSON.stringify({ id, tenant, station }));
    bus.publish(COMMANDS, { key, value, headers }).catch((error: unknown) => telemetry.wakeLost(command, error));
  };
}

import { randomUUID } from 'node:crypto';
import type { Bus } from '@voltbus/bus';
import { COMMANDS, cloudEventOf, toCloudEventHeaders, type Command } from '@voltbus/contracts';
import type { RouterTelemetry } from '../telemetry';

interface WakeParts {
  installation: string;
  telemetry: Pick<RouterTelemetry, 'wakeLost'>;
  now(): Date;
}

/**
 * Makes the function that wakes the dispatchers: it publishes the id, tenant and station of a command that waits, and nothing that could be accepted
 * a second time. A wake that is lost costs a second, because dispatchers poll too.
 */
export function wakePublisher(bus: Pick<Bus, 'publish'>, { installation, telemetry, now }: WakeParts): (command: Command) => void {
  return (command) => {
    const { id, tenant, station } = command;
    const event = cloudEventOf(COMMANDS.events.waiting, { installation, id: randomUUID(), ref: command, time: now().toISOString() });
    const value = Buffer.from(JSON.stringify({ id, tenant, station }));
    bus
      .publish(COMMANDS, { key: event.subject, value, headers: toCloudEventHeaders(event) })
      .catch((error: unknown) => telemetry.wakeLost(command, error));
  };
}

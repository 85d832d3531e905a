import { randomUUID } from 'node:crypto';
import type { StationRef } from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import { sendCommand } from '@voltbus/service';
import { BOOT_NOTIFICATION } from './boot-watch';
import type { GatewayTelemetry } from '../telemetry';

/** Asks a station for the boot that it owes us (quirk 87), by way of the router like any other command: an operator sees it among the station's. */
export function triggerBoot(bus: Bus, telemetry: GatewayTelemetry, ref: StationRef): void {
  telemetry.bootTriggered(ref);
  const wish = {
    id: randomUUID(),
    ...ref,
    action: 'TriggerMessage',
    payload: { requestedMessage: BOOT_NOTIFICATION },
    requestedBy: 'gateway',
  };
  sendCommand(bus, wish).catch((err: unknown) => telemetry.unsaid(err, 'the wish for a boot'));
}

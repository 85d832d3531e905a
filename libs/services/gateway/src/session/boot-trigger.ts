import { randomUUID } from 'node:crypto';
import type { StationRef } from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import { sendCommand } from '@voltbus/service';
import type { GatewayTelemetry } from '../telemetry';
import { BOOT_NOTIFICATION } from './boot-watch';

/** Requests a missing boot (quirk 87). The command goes by way of the router like any other, so that an operator sees it among the station's. */
export function triggerBoot(bus: Bus, telemetry: GatewayTelemetry, ref: StationRef): void {
  telemetry.bootTriggered(ref);
  const payload = { requestedMessage: BOOT_NOTIFICATION };
  sendCommand(bus, { id: randomUUID(), ...ref, action: 'TriggerMessage', payload, requestedBy: 'gateway' }).catch((err: unknown) =>
    telemetry.publishFailed(err, 'the command that triggers a boot'),
  );
}

import { randomUUID } from 'node:crypto';
import type { StationRef } from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import { sendCommand } from '@voltbus/service';
import type { GatewayTelemetry } from '../telemetry';
import { BOOT_NOTIFICATION } from './boot-watch';

/** Requests a missing boot (quirk 87). */
export function triggerBoot(bus: Bus, telemetry: GatewayTelemetry, ref: StationRef): void {
  telemetry.bootTriggered(ref);
  trigger(BOOT_NOTIFICATION, { bus, telemetry, ref });
}

/** Requests the states of all connectors of a station of 1.6 that forgets to report them (`asked-for-status-after-boot`). */
export function triggerStatus(bus: Bus, telemetry: GatewayTelemetry, ref: StationRef): void {
  telemetry.quirkApplied('asked-for-status-after-boot');
  trigger('StatusNotification', { bus, telemetry, ref });
}

/** The command goes by way of the router like any other, so that an operator sees it among the station's. */
function trigger(requestedMessage: string, { bus, telemetry, ref }: { bus: Bus; telemetry: GatewayTelemetry; ref: StationRef }): void {
  const payload = { requestedMessage };
  sendCommand(bus, { id: randomUUID(), ...ref, action: 'TriggerMessage', payload, requestedBy: 'gateway' }).catch((err: unknown) =>
    telemetry.publishFailed(err, `the command that triggers a ${requestedMessage}`),
  );
}

import { randomUUID } from 'node:crypto';
import type { Connections } from '@voltbus/connections';
import type { CommandRequest, StationRef } from '@voltbus/contracts';
import type { DeviceConfigTelemetry } from '../telemetry';

/** Before everything else: the station may do nothing until it has booted. */
const PRIORITY = 1;

interface RegistrationGrantsParts {
  connections: Pick<Connections, 'find'>;
  telemetry: DeviceConfigTelemetry;
  sendCommand(request: CommandRequest): Promise<void>;
}

/** Has a station boot at once that was pending or rejected and shall be accepted (B02, B03, F06): it would wait for the interval that it was given. */
export class RegistrationGrants {
  constructor(private readonly parts: RegistrationGrantsParts) {}

  /** Best effort, once: a station that is away, or does not know the message, boots by itself. */
  async triggerBoot(ref: StationRef): Promise<void> {
    const { connections, telemetry, sendCommand } = this.parts;
    try {
      if ((await connections.find(ref)) === null) return;
      const payload = { requestedMessage: 'BootNotification' };
      await sendCommand({ id: randomUUID(), ...ref, action: 'TriggerMessage', payload, priority: PRIORITY, requestedBy: 'device-config' });
    } catch (error) {
      telemetry.bootNotTriggered(ref, error);
    }
  }
}

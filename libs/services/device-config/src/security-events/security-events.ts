import type { SecurityEvent } from '@voltbus/contracts';
import type { DeviceConfigTelemetry } from '../telemetry';
import { classify } from './domain/security-event-types';
import type { TypeormSecurityEvents } from './store/typeorm-security-events';

/** Stores, publishes and counts security events; each once, however often it is recorded. */
export class SecurityEvents {
  constructor(
    private readonly store: Pick<TypeormSecurityEvents, 'writeMany'>,
    private readonly telemetry: Pick<DeviceConfigTelemetry, 'securityEvent'>,
  ) {}

  async record(events: readonly SecurityEvent[]): Promise<void> {
    this.count(await this.store.writeMany(events));
  }

  /** Those that were stored with what they are about. */
  count(events: readonly SecurityEvent[]): void {
    for (const { source, type, severity } of events) {
      const counted = source === 'csms' || classify(type).known ? type : 'other'; // a vendor names as many as it likes
      this.telemetry.securityEvent(counted, severity);
    }
  }
}

import { randomUUID } from 'node:crypto';
import type { StationRef } from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import { ask } from '@voltbus/service';
import { BOOT } from './boot-watch';
import type { Happenings } from './happenings';

/** Asks a station for the boot that it owes us (quirk 87), by way of the router like any other command: an operator sees it among the station's. */
export function triggerBoot(bus: Bus, happenings: Happenings, ref: StationRef): void {
  happenings.bootTriggered(ref);
  const wish = { id: randomUUID(), ...ref, action: 'TriggerMessage', payload: { requestedMessage: BOOT }, requestedBy: 'gateway' };
  ask(bus, wish).catch((err: unknown) => happenings.unsaid(err, 'the wish for a boot'));
}

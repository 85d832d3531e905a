import { deterministicId, type SecurityEvent, type StationRef } from '@voltbus/contracts';
import { seenEvent } from '../../security-events';
import type { Upgrade, UpgradeState } from './upgrade';

const EVENTS: Readonly<Partial<Record<UpgradeState, Pick<SecurityEvent, 'type' | 'severity'>>>> = {
  done: { type: 'security-profile-raised', severity: 'info' },
  refused: { type: 'security-profile-refused', severity: 'warning' },
  'taken-back': { type: 'security-profile-taken-back', severity: 'warning' },
  unconfirmed: { type: 'security-profile-unconfirmed', severity: 'warning' },
};

/** The security event that an upgrade has come to; null: none. Each upgrade has each of them once. */
export function eventOf(ref: StationRef, { id, state, reason, target }: Upgrade, now: Date): SecurityEvent | null {
  const event = EVENTS[state];
  if (event === undefined) return null;
  const info = reason === null ? `security profile ${target}` : `security profile ${target}: ${reason}`;
  return {
    ...seenEvent(ref, { ...event, at: now.toISOString(), info, remoteAddress: null }),
    id: deterministicId('security-event', ref.tenant, ref.station, event.type, id),
  };
}

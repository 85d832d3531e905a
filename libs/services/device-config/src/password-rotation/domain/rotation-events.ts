import { deterministicId, type SecurityEvent, type StationRef } from '@voltbus/contracts';
import { seenEvent } from '../../security-events';
import type { Rotation, RotationState } from './rotation';

const EVENTS: Readonly<Partial<Record<RotationState, Pick<SecurityEvent, 'type' | 'severity'>>>> = {
  done: { type: 'password-rotated', severity: 'info' },
  refused: { type: 'password-rotation-refused', severity: 'warning' },
  unconfirmed: { type: 'password-rotation-unconfirmed', severity: 'warning' },
};

/** The security event that a rotation has come to; null: none. Each rotation has each of them once. */
export function eventOf(ref: StationRef, { id, state, reason }: Rotation, now: Date): SecurityEvent | null {
  const event = EVENTS[state];
  if (event === undefined) return null;
  return {
    ...seenEvent(ref, { ...event, at: now.toISOString(), info: reason, remoteAddress: null }),
    id: deterministicId('security-event', ref.tenant, ref.station, event.type, id),
  };
}

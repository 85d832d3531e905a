import { deterministicId, type ConnectionRefusal, type SecurityEvent, type StationRef } from '@voltbus/contracts';
import { severityOfRefusal } from './domain/security-event-types';

const HOUR_MS = 3_600_000;

/** What the CSMS saw; at most one for each station, type and hour, because it has the same id. */
export function seenEvent(
  { tenant, station }: StationRef,
  seen: Pick<SecurityEvent, 'type' | 'severity' | 'at' | 'info' | 'remoteAddress'>,
): SecurityEvent {
  const hour = Math.floor(Date.parse(seen.at) / HOUR_MS);
  const id = deterministicId('security-event', tenant, station, seen.type, hour);
  return { id, tenant, station, source: 'csms', stationTime: null, ...seen };
}

/** The refused connections that may have been somebody else's attempt to be the station. */
export function refusedEvents(refusals: readonly ConnectionRefusal[]): SecurityEvent[] {
  return refusals.flatMap(({ tenant, station, reason, at, remoteAddress }) => {
    const severity = severityOfRefusal(reason);
    if (tenant === null || station === null || severity === null) return [];
    return [seenEvent({ tenant, station }, { type: reason, severity, at, info: null, remoteAddress })];
  });
}

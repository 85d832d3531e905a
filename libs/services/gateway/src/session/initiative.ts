import type { Registration } from '@voltbus/contracts';

const STARTS_AND_STOPS = new Set(['RemoteStartTransaction', 'RemoteStopTransaction', 'RequestStartTransaction', 'RequestStopTransaction']);
/** The one call that helps a station out of it (F06, TC_B_31). */
const TRIGGER = 'TriggerMessage';

/**
 * Why a station of that registration must not be sent the call; null when it may. Pending: no remote start or stop (1.6 section 4.2, B02.FR.05).
 * Rejected: nothing at all but a trigger (1.6 section 4.2, B03.FR.03). One of which nothing is known yet is not kept from its commands.
 */
export function mayNotBeAsked(registration: Registration, action: string): string | null {
  if (registration === 'pending' && STARTS_AND_STOPS.has(action))
    return 'the station is pending: no remote start or stop before it is accepted';
  if (registration === 'rejected' && action !== TRIGGER) return 'the station is rejected: nothing is asked of it before it is accepted';
  return null;
}

import type { Lane, Protocol, Registration } from '@voltbus/contracts';

/** How long a service may take to answer a call, milliseconds. ISO 15118 gives a contract certificate four seconds. */
const AUTHORIZE_MS = 10_000;
const CONTRACT_CERTIFICATE_MS = 4_000;
const OTHERS_MS = 25_000;
const CERTIFICATE_MEMBERS = ['"iso15118CertificateHashData"', '"certificate"'].map((member) => Buffer.from(member));

const REMOTE_STARTS_AND_STOPS = new Set([
  'RemoteStartTransaction',
  'RemoteStopTransaction',
  'RequestStartTransaction',
  'RequestStopTransaction',
]);
/** The one command that helps a station to be accepted (F06, TC_B_31). */
const TRIGGER = 'TriggerMessage';

/** Returns how long the owning service may take to answer the call. */
export function answerTimeMs(protocol: Protocol, { lane, action, frame }: { lane: Lane; action: string; frame: Buffer }): number {
  if (action === 'Get15118EVCertificate') return CONTRACT_CERTIFICATE_MS;
  // Plug & Charge on 1.6: a car waits.
  if (action === 'DataTransfer' && lane === 'transaction') return CONTRACT_CERTIFICATE_MS;
  if (action !== 'Authorize') return OTHERS_MS;
  return protocol !== 'ocpp1.6' && CERTIFICATE_MEMBERS.some((member) => frame.includes(member)) ? CONTRACT_CERTIFICATE_MS : AUTHORIZE_MS;
}

/**
 * Returns why a station of that registration must not get the command; null when it may. A pending station gets no remote start or stop
 * (1.6 section 4.2, B02.FR.05), a rejected one nothing but a trigger (1.6 section 4.2, B03.FR.03). An unknown registration forbids nothing.
 */
export function commandForbidden(registration: Registration, action: string): string | null {
  if (registration === 'pending' && REMOTE_STARTS_AND_STOPS.has(action))
    return 'the station is pending: no remote start or stop before it is accepted';
  if (registration === 'rejected' && action !== TRIGGER) return 'the station is rejected: nothing is asked of it before it is accepted';
  return null;
}

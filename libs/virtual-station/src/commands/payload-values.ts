import type { Payload, StationControls } from './station-controls';

export const accepted = (): object => ({ status: 'Accepted' });
export const acceptedIf = (done: boolean): object => ({ status: done ? 'Accepted' : 'Rejected' });
export const textOf = (value: unknown): string => (value === undefined ? '' : String(value));
export const recordOf = (value: unknown): Payload => (typeof value === 'object' && value !== null ? (value as Payload) : {});
export const listOf = (value: unknown): Payload[] => (Array.isArray(value) ? value.map(recordOf) : []);

/** Whether the station takes a remote start as it is written (quirks 58, 59). */
export function takesStart({ chargingProfile }: Payload, connector: unknown, controls: StationControls): boolean {
  const { rejectsStartWith } = controls.personality();
  if (rejectsStartWith === 'profile') return chargingProfile === undefined;
  return rejectsStartWith !== 'no-connector' || connector !== undefined;
}

export function setAvailable(operative: boolean, controls: StationControls): object {
  controls.setAvailable(operative);
  return accepted();
}

export function cancelReservation({ reservationId }: Payload, controls: StationControls): object {
  return acceptedIf(controls.reservations().cancel(Number(reservationId)));
}

/** A02.FR.06, 07: a certificate that is not of the station's key is discarded, and reported. */
export function certificateSigned({ certificateChain, certificateType }: Payload, controls: StationControls): object {
  return acceptedIf(
    controls.installCertificate(textOf(certificateChain), certificateType === undefined ? undefined : textOf(certificateType)),
  );
}

export function trigger({ requestedMessage }: Payload, controls: StationControls): object {
  return { status: controls.trigger(textOf(requestedMessage)) ? 'Accepted' : 'NotImplemented' };
}

/** M05. */
export function installCertificate({ certificateType, certificate }: Payload, controls: StationControls): object {
  return { status: controls.roots().install(textOf(certificateType), textOf(certificate)) };
}

/** M04. */
export function deleteCertificate({ certificateHashData }: Payload, controls: StationControls): object {
  return { status: controls.removeRoot(certificateHashData) };
}

import type { Protocol } from '@voltbus/contracts';
import type { v16, v21 } from '@voltbus/ocpp';
import { retriesIn, type RequestMessage, type RequestRules, type StationRequest } from '../station-requests';
import { bodyOf, reported, shownByBoot, type FirmwareBody } from './domain/firmware-update';
import type { ImageLocations } from './image-locations';

const HOUR_MS = 3_600_000;
const REFUSALS: Readonly<Record<string, string>> = {
  Rejected: 'rejected',
  InvalidCertificate: 'invalid-certificate',
  RevokedCertificate: 'revoked-certificate',
};

/** L01, L02; 1.6 section 5.19 and its security whitepaper. */
export function firmwareRules(locations: Pick<ImageLocations, 'of'>): RequestRules {
  return {
    kind: 'firmware',
    noun: 'firmware update',
    actions: new Set(['UpdateFirmware', 'SignedUpdateFirmware']),
    message(protocol, request) {
      const location = locations.of(request, bodyOf(request).image);
      return typeof location === 'string' ? messageOf(protocol, request, location) : location;
    },
    /** The answer of 1.6 to UpdateFirmware is empty. */
    refusalIn: (response) => REFUSALS[(response as { status?: string } | null)?.status ?? ''] ?? null,
    until(request, at) {
      const { retrieveAt, installAt, runHours } = bodyOf(request);
      const begin = [retrieveAt, installAt].flatMap((time) => (time === null ? [] : [Date.parse(time)]));
      return new Date(Math.max(at.getTime(), ...begin) + runHours * HOUR_MS);
    },
    reported,
    afterBoot: shownByBoot,
  };
}

function messageOf(protocol: Protocol, request: StationRequest, location: string): RequestMessage {
  const body = bodyOf(request);
  const begin = body.retrieveAt ?? request.createdAt.toISOString();
  const repeats = retriesIn(body);
  const signature = signatureOf(body);
  if (protocol !== 'ocpp1.6') {
    const payload = { requestId: request.requestId, ...repeats, firmware: { location, ...timesOf(body, begin), ...signature } };
    return { action: 'UpdateFirmware', payload: payload satisfies v21.UpdateFirmwareRequest };
  }
  if (signature === null) {
    if (body.installAt !== null) return { impossible: 'install-time-not-supported' };
    return {
      action: 'UpdateFirmware',
      payload: { location, retrieveDate: begin, ...repeats } satisfies v16.UpdateFirmwareRequest,
    };
  }
  const payload = { requestId: request.requestId, ...repeats, firmware: { location, ...timesOf(body, begin), ...signature } };
  return { action: 'SignedUpdateFirmware', payload: payload satisfies v16.SignedUpdateFirmwareRequest };
}

function timesOf({ installAt }: FirmwareBody, retrieveDateTime: string) {
  return { retrieveDateTime, ...(installAt === null ? {} : { installDateTime: installAt }) };
}

function signatureOf({ image: { signature, signingCertificate } }: FirmwareBody) {
  return signature === null || signingCertificate === null ? null : { signature, signingCertificate };
}

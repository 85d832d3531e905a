import type { v21 } from '@voltbus/ocpp';
import type { ImageLocations } from '../firmware';
import { ended, retriesIn, type RequestRules } from '../station-requests';
import { bodyOf, reported } from './domain/publication';
import { MAX_OPEN } from './limits';
import { locationsIn } from './locations';

const HOUR_MS = 3_600_000;
const NOT_SUPPORTED = { impossible: 'not-supported' };
/** Answers to UnpublishFirmware after which the local controller offers the image no more (L04.FR.02, FR.04). */
const GONE: ReadonlySet<string> = new Set(['Unpublished', 'NoFirmware']);

/** L03. OCPP 1.6 has no such thing. */
export function publicationRules(locations: Pick<ImageLocations, 'of'>): RequestRules {
  return {
    kind: 'publication',
    noun: 'firmware publication',
    actions: new Set(['PublishFirmware']),
    sideBySide: MAX_OPEN,
    message(protocol, request) {
      if (protocol === 'ocpp1.6') return NOT_SUPPORTED;
      const { image, checksum, ...more } = bodyOf(request);
      const location = locations.of(request, image);
      if (typeof location !== 'string') return location;
      const payload = { location, checksum, requestId: request.requestId, ...retriesIn(more) };
      return { action: 'PublishFirmware', payload: payload satisfies v21.PublishFirmwareRequest };
    },
    refusalIn: (response) => (statusIn(response) === 'Accepted' ? null : 'rejected'),
    until: (request, at) => new Date(at.getTime() + bodyOf(request).runHours * HOUR_MS),
    reported: (request, status, { at, message }) => reported(request, status, { at, locations: locationsIn(message) }),
  };
}

/** L04: the answer is all that the local controller reports. */
export const unpublicationRules: RequestRules = {
  kind: 'unpublication',
  noun: 'unpublication of a firmware',
  actions: new Set(['UnpublishFirmware']),
  sideBySide: MAX_OPEN,
  message(protocol, { body: { checksum } }) {
    if (protocol === 'ocpp1.6') return NOT_SUPPORTED;
    return { action: 'UnpublishFirmware', payload: { checksum: String(checksum) } satisfies v21.UnpublishFirmwareRequest };
  },
  refusalIn(response) {
    const status = statusIn(response);
    return status === 'DownloadOngoing' ? 'download-ongoing' : GONE.has(status) ? null : 'rejected';
  },
  afterAcceptance: (request, at) => ended(request, 'succeeded', null, at),
  until: (_request, at) => at,
};

function statusIn(response: unknown): string {
  return (response as { status?: string } | null)?.status ?? '';
}

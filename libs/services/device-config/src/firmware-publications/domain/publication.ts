import type { FirmwareImage } from '../../firmware';
import { climbed, ended, type Retries, type StationRequest, type StatusLadder } from '../../station-requests';

/** What a local controller is asked to publish: the image as it was then. */
export interface PublicationBody extends Retries {
  image: FirmwareImage;
  /** MD5 of the file, 32 hexadecimal digits (L03.FR.06). */
  checksum: string;
  /** Hours that it may take. */
  runHours: number;
  /** Where it offers the image, without passwords; empty: it has not said so (L03.FR.04). */
  locations: readonly string[];
}

const PUBLISHED = 'Published';
const FAILURES: ReadonlyMap<string, string> = new Map(
  Object.entries({ DownloadFailed: 'download-failed', InvalidChecksum: 'invalid-checksum', PublishFailed: 'publish-failed' }),
);
const REFUTABLE: ReadonlySet<string | null> = new Set([...FAILURES.values(), 'timed-out', 'no-answer']);
/** PublishFirmwareStatusEnumType. */
const LADDER: StatusLadder = {
  ranks: new Map(
    Object.entries({
      DownloadScheduled: 1,
      Downloading: 2,
      DownloadPaused: 2,
      DownloadFailed: 2,
      Downloaded: 3,
      ChecksumVerified: 4,
      InvalidChecksum: 4,
      [PUBLISHED]: 5,
      PublishFailed: 5,
    }),
  ),
  last: PUBLISHED,
  failures: FAILURES,
  refutable: REFUTABLE,
  retried: REFUTABLE,
};

export function bodyOf(request: StationRequest): PublicationBody {
  return request.body as unknown as PublicationBody; // the store of this kind has no others
}

/** What a status makes of a publication: statuses come in any order, more than once, and late. `locations`: those that it brings. */
export function reported(
  request: StationRequest,
  status: string,
  { at, locations }: { at: Date; locations: readonly string[] },
): StationRequest {
  const { request: next, goesOn } = climbed(LADDER, request, status, at);
  // a local controller that offers it somewhere else says so by the same status
  if (next.state === 'succeeded' && next !== request && status === PUBLISHED) return withLocations(next, locations);
  if (!goesOn) return next;
  if (status === PUBLISHED) return ended(withLocations({ ...next, doneAt: at }, locations), 'succeeded', null, at);
  return { ...next, state: 'running' };
}

function withLocations(request: StationRequest, locations: readonly string[]): StationRequest {
  return locations.length === 0 ? request : { ...request, body: { ...request.body, locations } };
}

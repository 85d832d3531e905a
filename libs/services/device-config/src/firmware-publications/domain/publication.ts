import type { FirmwareImage } from '../../firmware';
import { ended, noted, type Retries, type StationRequest } from '../../station-requests';

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

/** How far a status says that a publication is (PublishFirmwareStatusEnumType). What a retry may come back to has one rank with its failure. */
const RANKS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    DownloadScheduled: 1,
    Downloading: 2,
    DownloadPaused: 2,
    DownloadFailed: 2,
    Downloaded: 3,
    ChecksumVerified: 4,
    InvalidChecksum: 4,
    Published: 5,
    PublishFailed: 5,
  }),
);
const PUBLISHED = 'Published';
const FAILURES: ReadonlyMap<string, string> = new Map(
  Object.entries({ DownloadFailed: 'download-failed', InvalidChecksum: 'invalid-checksum', PublishFailed: 'publish-failed' }),
);
/** Failures that a later status may take back. */
const REFUTABLE: ReadonlySet<string | null> = new Set([...FAILURES.values(), 'timed-out', 'no-answer']);

export function bodyOf(request: StationRequest): PublicationBody {
  return request.body as unknown as PublicationBody; // the store of this kind has no others
}

/** What a status makes of a publication: statuses come in any order, more than once, and late. `locations`: those that it brings. */
export function reported(
  request: StationRequest,
  status: string,
  { at, locations }: { at: Date; locations: readonly string[] },
): StationRequest {
  const next = noted(request, status, at);
  if (next === null) return request;
  const rank = RANKS.get(status) ?? 0;
  // a local controller that offers it somewhere else says so by the same status
  if (next.state === 'succeeded') return status === PUBLISHED ? withLocations(next, locations) : next;
  if (rank === 0 || !takes(next, rank, at)) return next;
  const progressed = { ...next, progress: Math.max(rank, next.progress) };
  const failure = FAILURES.get(status);
  if (failure !== undefined) return next.state === 'failed' ? next : ended(progressed, 'failed', failure, at);
  if (status === PUBLISHED) return ended(withLocations({ ...progressed, doneAt: at }, locations), 'succeeded', null, at);
  return { ...progressed, state: 'running', reason: null, endedAt: null, nextAt: null };
}

/** Whether a status of that rank changes a publication that has not succeeded. */
function takes({ endedAt, state, reason, progress, expiresAt }: StationRequest, rank: number, at: Date): boolean {
  if (endedAt === null) return rank >= progress;
  if (state !== 'failed' || !REFUTABLE.has(reason)) return false;
  // a failed one goes on where the station says so in time; its end may come late
  return rank === RANKS.get(PUBLISHED) || (at < expiresAt && rank >= progress);
}

function withLocations(request: StationRequest, locations: readonly string[]): StationRequest {
  return locations.length === 0 ? request : { ...request, body: { ...request.body, locations } };
}

import { ended, noted, type Retries, type StationRequest } from '../../station-requests';
import { runs, type FirmwareImage } from './firmware-image';

/** What a firmware update asks for: the image as it was then. */
export interface FirmwareBody extends Retries {
  image: FirmwareImage;
  /** When the station shall download and install it, ISO 8601; null: at once. */
  retrieveAt: string | null;
  installAt: string | null;
  /** Hours that the station may take. */
  runHours: number;
  /** What it ran when the update was asked for. */
  versionBefore: string | null;
}

interface BootedStation {
  firmware: string | null;
  bootedAt: Date | null;
}

/** How far a status says that an update is (L01.FR.01, 1.6 section 4.5). What a retry may come back to has one rank with its failure. */
const RANKS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    DownloadScheduled: 1,
    Downloading: 2,
    DownloadPaused: 2,
    DownloadFailed: 2,
    Downloaded: 3,
    SignatureVerified: 4,
    InvalidSignature: 5,
    InstallScheduled: 6,
    Installing: 7,
    InstallVerificationFailed: 7,
    InstallationFailed: 7,
    InstallRebooting: 8,
    Installed: 9,
  }),
);
const FAILURES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    DownloadFailed: 'download-failed',
    InvalidSignature: 'invalid-signature',
    InstallVerificationFailed: 'install-verification-failed',
    InstallationFailed: 'installation-failed',
  }),
);
/** Ends of which nothing that comes later takes back: the operator or another request has made them, or the station refused. */
const REPORTED: ReadonlySet<string | null> = new Set([...FAILURES.values(), 'timed-out', 'not-confirmed', 'wrong-version', 'no-answer']);
/** Failures after which the same station may try again. */
const RETRIED: ReadonlySet<string | null> = new Set(['download-failed', 'installation-failed']);

export function bodyOf(request: StationRequest): FirmwareBody {
  return request.body as unknown as FirmwareBody; // the store of this kind has no others
}

/** What a status makes of an update: statuses come in any order, more than once, and late. */
export function reported(request: StationRequest, status: string, { at, station }: { at: Date; station: BootedStation }): StationRequest {
  const next = noted(request, status, at);
  if (next === null) return request;
  const rank = RANKS.get(status) ?? 0;
  if (rank === 0 || !takes(next, rank, at)) return next;
  const failure = FAILURES.get(status);
  const progressed = { ...next, progress: Math.max(rank, next.progress) };
  if (failure !== undefined) return next.state === 'failed' ? next : ended(progressed, 'failed', failure, at);
  const open: StationRequest = { ...progressed, reason: null, endedAt: null, nextAt: null };
  if (status !== 'Installed') return { ...open, state: next.state === 'verifying' ? 'verifying' : 'running' };
  const done: StationRequest = { ...open, state: 'verifying', doneAt: open.doneAt ?? at };
  const { image } = bodyOf(request);
  if (image.firmwareVersion === null) return ended(done, 'succeeded', null, at);
  return shownByBoot(done, station, at);
}

/** What the station's last boot shows of an update, whatever its statuses say. */
export function shownByBoot(request: StationRequest, { firmware, bootedAt }: BootedStation, at: Date): StationRequest {
  const { image, versionBefore } = bodyOf(request);
  const seen = { ...request, bootAt: bootedAt };
  const { sentAt, doneAt } = request;
  if (image.firmwareVersion === null || bootedAt === null || sentAt === null || !isOpen(request)) return seen;
  const isWanted = runs(image, { firmware });
  // a station that ran it before shows nothing by a boot alone
  const wasOther = !runs(image, { firmware: versionBefore });
  if (isWanted && (doneAt !== null || (wasOther && bootedAt > sentAt))) return ended(seen, 'succeeded', null, at);
  const isRefuted = request.state === 'verifying' && doneAt !== null && bootedAt > doneAt && firmware !== null && !isWanted;
  return isRefuted ? ended(seen, 'failed', 'wrong-version', at) : seen;
}

/** Whether its address gives the file now: it was sent, and the station is at it, or may try again. */
export function givesFile(request: StationRequest, at: Date): boolean {
  return request.sentAt !== null && at < request.expiresAt && isOpen(request);
}

/** Open, or failed in a way that a later boot or status may refute. */
function isOpen({ endedAt, state, reason }: StationRequest): boolean {
  return endedAt === null || (state === 'failed' && REPORTED.has(reason));
}

/** Whether a status of that rank changes the update. */
function takes(request: StationRequest, rank: number, at: Date): boolean {
  if (!isOpen(request)) return false;
  if (request.endedAt === null) return rank >= request.progress;
  // a failed one goes on where the station says so in time; its end may come late
  if (at >= request.expiresAt && rank < (RANKS.get('Installed') ?? 0)) return false;
  return rank > request.progress || (rank === request.progress && RETRIED.has(request.reason));
}

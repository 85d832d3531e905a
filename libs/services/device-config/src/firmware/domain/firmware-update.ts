import { climbed, ended, isOpen, type Retries, type StationRequest, type StatusLadder } from '../../station-requests';
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

const INSTALLED = 'Installed';
const FAILURES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    DownloadFailed: 'download-failed',
    InvalidSignature: 'invalid-signature',
    InstallVerificationFailed: 'install-verification-failed',
    InstallationFailed: 'installation-failed',
  }),
);
/** L01.FR.01, 1.6 section 4.5. What the operator or another request has ended, or the station refused, nothing takes back. */
const LADDER: StatusLadder = {
  ranks: new Map(
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
      [INSTALLED]: 9,
    }),
  ),
  last: INSTALLED,
  failures: FAILURES,
  refutable: new Set([...FAILURES.values(), 'timed-out', 'not-confirmed', 'wrong-version', 'no-answer']),
  retried: new Set(['download-failed', 'installation-failed']),
};

export function bodyOf(request: StationRequest): FirmwareBody {
  return request.body as unknown as FirmwareBody; // the store of this kind has no others
}

/** What a status makes of an update: statuses come in any order, more than once, and late. */
export function reported(request: StationRequest, status: string, { at, station }: { at: Date; station: BootedStation }): StationRequest {
  const { request: next, goesOn } = climbed(LADDER, request, status, at);
  if (!goesOn) return next;
  if (status !== INSTALLED) return { ...next, state: next.state === 'verifying' ? 'verifying' : 'running' };
  const done: StationRequest = { ...next, state: 'verifying', doneAt: next.doneAt ?? at };
  const { image } = bodyOf(request);
  if (image.firmwareVersion === null) return ended(done, 'succeeded', null, at);
  return shownByBoot(done, station, at);
}

/** What the station's last boot shows of an update, whatever its statuses say. */
export function shownByBoot(request: StationRequest, { firmware, bootedAt }: BootedStation, at: Date): StationRequest {
  const { image, versionBefore } = bodyOf(request);
  const seen = { ...request, bootAt: bootedAt };
  const { sentAt, doneAt } = request;
  if (image.firmwareVersion === null || bootedAt === null || sentAt === null || !isOpen(LADDER, request)) return seen;
  const isWanted = runs(image, { firmware });
  // a station that ran it before shows nothing by a boot alone
  const wasOther = !runs(image, { firmware: versionBefore });
  if (isWanted && (doneAt !== null || (wasOther && bootedAt > sentAt))) return ended(seen, 'succeeded', null, at);
  const isRefuted = request.state === 'verifying' && doneAt !== null && bootedAt > doneAt && firmware !== null && !isWanted;
  return isRefuted ? ended(seen, 'failed', 'wrong-version', at) : seen;
}

/** Whether its address gives the file now: it was sent, and the station is at it, or may try again. */
export function givesFile(request: StationRequest, at: Date): boolean {
  return request.sentAt !== null && at < request.expiresAt && isOpen(LADDER, request);
}

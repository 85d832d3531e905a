import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a local controller publishes what it could download: it does; the publication fails; it begins and is never heard of again. */
export type PublicationHabit = 'publishes' | 'publish-fails' | 'stuck';

type PublicationStatus =
  'Downloading' | 'Downloaded' | 'ChecksumVerified' | 'Published' | 'DownloadFailed' | 'InvalidChecksum' | 'PublishFailed';

interface PublicationRequest {
  location: string;
  /** MD5 of the whole file, in hex. */
  checksum: string;
  /** Tries after the first one, and the seconds between them. */
  retries: number;
  retrySeconds: number;
  /** `locations` is there with `Published` only (L03.FR.04). */
  report(status: PublicationStatus, locations?: readonly string[]): void;
}

/** A CSMS that takes longer is not waited for. */
const DOWNLOAD_MS = 60_000;
/** A larger image is not downloaded to its end. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * The firmware that a local controller publishes (L03, L04). It downloads and hashes the file, and serves none: its locations are names alone.
 * One download at a time, a later one takes the place of one before.
 */
export class LocalController {
  private current: { abort: AbortController; checksum: string } | null = null;
  private readonly published = new Set<string>();

  constructor(
    private readonly identity: string,
    private readonly habit: PublicationHabit,
  ) {}

  /** The download goes on after the answer. */
  publish(request: PublicationRequest): void {
    this.forget();
    const abort = new AbortController();
    this.current = { abort, checksum: request.checksum.toLowerCase() };
    void this.run(request, abort.signal);
  }

  /** L04.FR.02 to L04.FR.04: a file that is being downloaded is left alone. */
  unpublish(checksum: string): 'Unpublished' | 'NoFirmware' | 'DownloadOngoing' {
    const key = checksum.toLowerCase();
    if (this.current?.checksum === key) return 'DownloadOngoing';
    return this.published.delete(key) ? 'Unpublished' : 'NoFirmware';
  }

  /** The controller boots, or stops: its download ends, and what is published stays so. */
  forget(): void {
    this.current?.abort.abort();
    this.current = null;
  }

  private async run(request: PublicationRequest, signal: AbortSignal): Promise<void> {
    request.report('Downloading');
    if (this.habit === 'stuck') return;
    const md5 = await this.download(request, signal);
    if (signal.aborted) return;
    this.current = null;
    if (md5 === null) return request.report('DownloadFailed');
    request.report('Downloaded');
    if (md5 !== request.checksum.toLowerCase()) return request.report('InvalidChecksum');
    request.report('ChecksumVerified');
    if (this.habit === 'publish-fails') return request.report('PublishFailed');
    this.published.add(md5);
    request.report('Published', this.locationsOf(md5));
  }

  /** One for each protocol (L03.FR.04). */
  private locationsOf(md5: string): string[] {
    return ['http', 'https'].map((scheme) => `${scheme}://${encodeURIComponent(this.identity)}.local/firmware/${md5}`);
  }

  private async download(request: PublicationRequest, signal: AbortSignal): Promise<string | null> {
    for (let tried = 0; !signal.aborted && tried <= request.retries; tried++) {
      if (tried > 0) await sleep(request.retrySeconds * 1_000, undefined, { ref: false, signal }).catch(() => undefined);
      const md5 = await md5Of(request.location, signal).catch(() => null);
      if (md5 !== null) return md5;
    }
    return null;
  }
}

/** Null: there is no such file, or it is too large. */
async function md5Of(location: string, signal: AbortSignal): Promise<string | null> {
  const answer = await fetch(location, { redirect: 'error', signal: AbortSignal.any([signal, AbortSignal.timeout(DOWNLOAD_MS)]) });
  const hash = createHash('md5');
  let bytes = 0;
  if (!answer.ok) return (await answer.body?.cancel().then(() => null)) ?? null;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) return null;
    hash.update(chunk);
  }
  return hash.digest('hex');
}

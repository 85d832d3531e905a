import { setTimeout as sleep } from 'node:timers/promises';

/** Entries of a log that there is always something in. */
const ENTRIES = 200;
/** A CSMS that takes longer is not waited for. */
const UPLOAD_MS = 60_000;

interface LogRequest {
  location: string;
  fileName: string;
  /** Tries after the first one, and the seconds between them. */
  retries: number;
  retrySeconds: number;
  report(status: 'Uploading' | 'Uploaded' | 'failed' | 'AcceptedCanceled'): void;
}

/** The log that a station uploads: one at a time, by HTTP (N01). A new request ends the one before (N01.FR.12, N01.FR.20). */
export class LogUpload {
  private current: { abort: AbortController; request: LogRequest } | null = null;

  constructor(private readonly identity: string) {}

  /** Whether another one ended for it. The upload goes on after the answer. */
  start(request: LogRequest): 'Accepted' | 'AcceptedCanceled' {
    const before = this.current;
    before?.abort.abort();
    before?.request.report('AcceptedCanceled');
    const abort = new AbortController();
    this.current = { abort, request };
    void this.run(request, abort.signal);
    return before === null ? 'Accepted' : 'AcceptedCanceled';
  }

  /** The station boots, or stops. */
  forget(): void {
    this.current?.abort.abort();
    this.current = null;
  }

  private async run(request: LogRequest, signal: AbortSignal): Promise<void> {
    request.report('Uploading');
    for (let tried = 0; !signal.aborted && tried <= request.retries; tried++) {
      if (tried > 0) await sleep(request.retrySeconds * 1_000, undefined, { ref: false, signal }).catch(() => undefined);
      if (await this.isUploaded(request, signal)) return this.end(request, 'Uploaded', signal);
    }
    this.end(request, 'failed', signal);
  }

  private end(request: LogRequest, status: 'Uploaded' | 'failed', signal: AbortSignal): void {
    if (signal.aborted) return;
    this.current = null;
    request.report(status);
  }

  private async isUploaded({ location, fileName }: LogRequest, signal: AbortSignal): Promise<boolean> {
    const url = location.endsWith('/') ? `${location}${fileName}` : location;
    const lines = Array.from({ length: ENTRIES }, (_, nth) => `${nth} ${this.identity} entry\n`);
    const limits = AbortSignal.any([signal, AbortSignal.timeout(UPLOAD_MS)]);
    const sent = await fetch(url, { method: 'PUT', body: lines.join(''), redirect: 'error', signal: limits }).catch(() => null);
    return sent?.ok === true;
  }
}

/** Errors of a socket or a stream that ended before the file did. */
const INTERRUPTED: ReadonlySet<string | undefined> = new Set([
  'ECONNRESET',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ECONNABORTED',
  'EPIPE',
  'ABORT_ERR',
]);

/** Whether the sender of a body left before its end. */
export function wasInterrupted(error: unknown): boolean {
  return INTERRUPTED.has((error as NodeJS.ErrnoException).code);
}

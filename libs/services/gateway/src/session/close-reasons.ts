/** Why we end a connection: what the station is told, and the word for it in the metrics (operations 4.2). */
export const CLOSE_REASONS = {
  replaced: { code: 1000, reason: 'replaced by a newer connection', counted: 'replaced' },
  evicted: { code: 1000, reason: 'no longer admitted', counted: 'evicted' },
  /** What the specification wants where no version is common (SUBPROTOCOL_MISMATCH). */
  'no-version': { code: 1002, reason: 'no common OCPP version', counted: 'protocol' },
  unreadable: { code: 1002, reason: 'too many frames that cannot be read', counted: 'protocol' },
  /** Some stations answer nothing any more until they reconnect. */
  unresponsive: { code: 1002, reason: 'calls stay unanswered', counted: 'unresponsive' },
  /** Some do not repeat a boot that was not answered before they reconnect. */
  unbooted: { code: 1002, reason: 'no BootNotification', counted: 'unbooted' },
  flooding: { code: 1008, reason: 'too many messages', counted: 'policy' },
  'reads-slowly': { code: 1008, reason: 'reads too slowly', counted: 'backpressure' },
  drain: { code: 1012, reason: 'the service restarts', counted: 'drain' },
  unackable: { code: 1013, reason: 'try again later', counted: 'overload' },
  /** No close frame: nobody is there to read it. */
  silent: { code: 1006, reason: 'silent', counted: 'idle' },
} as const;

export type CloseReason = keyof typeof CLOSE_REASONS;

/** Ends that are not our doing, as they are counted; a station may choose any other code. */
const THEIRS: Readonly<Record<number, string>> = {
  1002: 'protocol',
  1003: 'protocol',
  1006: 'lost',
  1007: 'protocol',
  1009: 'protocol',
  1011: 'error',
};

export function disconnectLabel(ending: CloseReason | null, code: number): string {
  return ending === null ? (THEIRS[code] ?? 'client') : CLOSE_REASONS[ending].counted;
}

/**
 * The reasons for which this gateway closes a connection: the text of the close frame, and the label of the metric
 * (operations 4.2).
 */
export const CLOSE_REASONS = {
  replaced: { code: 1000, reason: 'replaced by a newer connection', label: 'replaced' },
  evicted: { code: 1000, reason: 'no longer admitted', label: 'evicted' },
  /** The specification demands this where no version is common (SUBPROTOCOL_MISMATCH). */
  'no-version': { code: 1002, reason: 'no common OCPP version', label: 'protocol' },
  unreadable: { code: 1002, reason: 'too many frames that cannot be read', label: 'protocol' },
  /** Some stations answer nothing any more until they reconnect (quirk 7). */
  unresponsive: { code: 1002, reason: 'calls stay unanswered', label: 'unresponsive' },
  /** Some stations do not repeat a boot that was not answered before they reconnect (quirk 87). */
  unbooted: { code: 1002, reason: 'no BootNotification', label: 'unbooted' },
  flooding: { code: 1008, reason: 'too many messages', label: 'policy' },
  'reads-slowly': { code: 1008, reason: 'reads too slowly', label: 'backpressure' },
  drain: { code: 1012, reason: 'the service restarts', label: 'drain' },
  unackable: { code: 1013, reason: 'try again later', label: 'overload' },
  /** Ended without a close frame, because nobody is there to read it. */
  silent: { code: 1006, reason: 'silent', label: 'idle' },
} as const;

export type CloseReason = keyof typeof CLOSE_REASONS;

/** The labels of connections that the station or the network ended. A station may choose any other code. */
const LABELS_BY_CODE: Readonly<Record<number, string>> = {
  1002: 'protocol',
  1003: 'protocol',
  1006: 'lost',
  1007: 'protocol',
  1009: 'protocol',
  1011: 'error',
};

/** Returns the label by which the end of a connection is counted. */
export function disconnectLabel(closeReason: CloseReason | null, code: number): string {
  return closeReason === null ? (LABELS_BY_CODE[code] ?? 'client') : CLOSE_REASONS[closeReason].label;
}

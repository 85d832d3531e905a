import { SILENT_INTERVALS } from '../limits';

/** Every number that bounds what a peer can cost a transport. */
export interface TransportLimits {
  /** Longest message of a station, all fragments together. Stations send reports and PEM chains of several 100 KiB. */
  maxPayloadBytes: number;
  /** Most fragments of one message; 1 MiB in fragments of 64 bytes. */
  maxFragments: number;
  /** Bytes kept for a station that reads slowly: two of the largest messages we send. Beyond it a send is dropped. */
  maxBackpressureBytes: number;
  /** Request line and headers. */
  maxHeaderBytes: number;
  /** From the first byte to the end of the headers. */
  headerTimeoutMs: number;
  /** From the end of the headers to the gateway's decision: longer than the 5 s that device-config has to send the profile. */
  upgradeTimeoutMs: number;
  /** Upgrades being decided at one time. Beyond it the answer is 503 with Retry-After. */
  maxHandshakes: number;
  /** TLS connections that have not sent their request yet: about 60 KB each, for twice `headerTimeoutMs` at most. Beyond it connections are closed. */
  maxTlsHandshakes: number;
  /** The same limit for one address, behind which a whole site may be, so that one peer cannot hold all of them. */
  maxTlsHandshakesPerAddress: number;
  /** The connection is cut when nothing was received for this time: 8 to 960. */
  idleTimeoutSeconds: number;
  /** How long a station has to answer our close frame. */
  closeTimeoutMs: number;
}

export const TRANSPORT_LIMITS: Readonly<TransportLimits> = {
  maxPayloadBytes: 1024 * 1024,
  maxFragments: 16_384,
  maxBackpressureBytes: 512 * 1024,
  maxHeaderBytes: 8 * 1024,
  headerTimeoutMs: 10_000,
  upgradeTimeoutMs: 8_000,
  maxHandshakes: 1_000,
  maxTlsHandshakes: 2_000,
  maxTlsHandshakesPerAddress: 500,
  idleTimeoutSeconds: 120,
  closeTimeoutMs: 5_000,
};

/** What a transport takes as idle timeout; uWebSockets.js aborts the process on other values. */
const IDLE_TIMEOUT_SECONDS = { least: 8, most: 960 };
/** A silent session is closed before its transport cuts it. */
const IDLE_MARGIN_SECONDS = 30;

/** The idle timeout of a transport whose sessions are pinged, and send heartbeats, at these intervals. */
export function idleTimeoutSeconds(pingSeconds: number, heartbeatSeconds: number): number {
  const longestSilence = Math.max(pingSeconds, heartbeatSeconds) * SILENT_INTERVALS;
  return Math.min(IDLE_TIMEOUT_SECONDS.most, Math.ceil(longestSilence) + IDLE_MARGIN_SECONDS);
}

/** Limits with defaults filled in, checked before they reach native code. */
export function checkedLimits(wanted: Partial<TransportLimits> = {}): TransportLimits {
  const limits = { ...TRANSPORT_LIMITS, ...wanted };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isInteger(value) || value < 1 || value > 0x7fff_ffff)
      throw new RangeError(`${name} must be a positive integer below 2^31, not ${value}`);
  }
  const { least, most } = IDLE_TIMEOUT_SECONDS;
  if (limits.idleTimeoutSeconds < least || limits.idleTimeoutSeconds > most) {
    throw new RangeError(`idleTimeoutSeconds must be between ${least} and ${most}, not ${limits.idleTimeoutSeconds}`);
  }
  return limits;
}

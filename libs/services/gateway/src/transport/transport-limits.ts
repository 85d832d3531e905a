/** Every number that bounds what a peer can cost a transport. */
export interface TransportLimits {
  /** Longest message of a station, all fragments together. Stations send reports and PEM chains of several 100 KiB. */
  maxPayloadBytes: number;
  /** Most fragments of one message; 1 MiB in fragments of 64 bytes. */
  maxFragments: number;
  /** Bytes kept for a station that reads slowly; above it a send is dropped. Two of the largest messages we send. */
  maxBackpressureBytes: number;
  /** Request line and headers. */
  maxHeaderBytes: number;
  /** From the first byte to the end of the headers. */
  headerTimeoutMs: number;
  /** From the end of the headers to the gateway's decision: device-config may be asked for the profile (5 s), so more than that. */
  upgradeTimeoutMs: number;
  /** Upgrades being decided at one time; a reconnect storm above it is told to come back. */
  maxHandshakes: number;
  /** TCP ends when nothing was received for so long: 8 to 960 (uWebSockets.js aborts the process on others). */
  idleTimeoutSeconds: number;
  /** How long the station's answer to our close frame is awaited. */
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
  idleTimeoutSeconds: 120,
  closeTimeoutMs: 5_000,
};

/** Limits with defaults filled in, checked before they reach native code. */
export function checkedLimits(wanted: Partial<TransportLimits> = {}): TransportLimits {
  const limits = { ...TRANSPORT_LIMITS, ...wanted };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isInteger(value) || value < 1 || value > 0x7fff_ffff)
      throw new RangeError(`${name} must be a positive integer below 2^31, not ${value}`);
  }
  if (limits.idleTimeoutSeconds < 8 || limits.idleTimeoutSeconds > 960) {
    throw new RangeError(`idleTimeoutSeconds must be between 8 and 960, not ${limits.idleTimeoutSeconds}`);
  }
  return limits;
}

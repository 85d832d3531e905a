import { z } from 'zod';
import type { QuirkSettings } from './quirks';
import type { Registration } from './station-state';

/**
 * The metadata of a record to a gateway on its bucket of `csms.internal.ocpp.downlink.v1`. The record's key is the station key,
 * header `m` is the packed meta, and the value is the frame bytes (`reply`), a JSON `DownlinkCall` (`call`), a JSON
 * `StationProfile` (`profile`), or empty (`evict`, `quirks`).
 */
export type DownlinkMeta = DownlinkKind & {
  /** W3C traceparent, while traces are recorded. */
  trace?: string | undefined;
};

type DownlinkKind =
  /** Answers the station's pending CALL of that id and epoch; else dropped and counted. */
  | { kind: 'reply'; inst: string; epoch: number; messageId: string | number; registration?: Registration; quirks?: QuirkSettings }
  /** A call of ours. Dropped past `deadline` (epoch ms) and when `commandId` was seen before. */
  | { kind: 'call'; inst: string; epoch: number; commandId: string; deadline: number }
  /** Close the station's socket if its epoch is at most `epoch`. */
  | { kind: 'evict'; inst: string; epoch: number; reason: EvictReason }
  /** What is switched for the station from now on, on its connection of that epoch. */
  | { kind: 'quirks'; inst: string; epoch: number; quirks: QuirkSettings }
  /** Answer to a `ProfileRequest`. */
  | { kind: 'profile'; inst: string; requestId: string };

export type EvictReason = 'replaced' | 'blocked' | 'deleted' | 'credentials-changed' | 'version-pinned';

/** Value of a `call` record. */
export const downlinkCallSchema = z.object({
  action: z.string(),
  payload: z.unknown(),
  /** How long to wait for the station's answer once sent, milliseconds. */
  timeoutMs: z.number(),
  /** 0 (first) to 9 (last); commands of the same priority keep their order. */
  priority: z.number(),
});
export type DownlinkCall = z.output<typeof downlinkCallSchema>;

const VERSION = 1;

export function packDownlink(meta: DownlinkMeta): Buffer {
  return Buffer.from(JSON.stringify([VERSION, meta]));
}

/**
 * Throws when the version shows that `packDownlink` did not write the header. The fields are not checked: only our
 * services write here.
 */
export function unpackDownlink(packed: Uint8Array | undefined): DownlinkMeta {
  const fields: unknown = packed === undefined ? undefined : JSON.parse(Buffer.from(packed).toString('utf8'));
  if (!Array.isArray(fields) || fields[0] !== VERSION) throw new Error('unknown downlink header');
  return fields[1];
}

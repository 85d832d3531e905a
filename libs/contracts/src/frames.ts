import type { StationRef } from './ids';

/** What kind of frame it is; `broken`: none that can be read. */
export const FRAME_KINDS = ['call', 'result', 'error', 'result-error', 'send', 'broken'] as const;
export type FrameKind = (typeof FRAME_KINDS)[number];

/** A frame that crossed a station's socket, as others may see it: secrets are gone from it. */
export interface FrameCopy extends StationRef {
  /** Grows in the order of one gateway; with station and time it names the copy. */
  seq: number;
  /** Epoch milliseconds. */
  at: number;
  /** `in`: the station sent it. */
  direction: 'in' | 'out';
  type: FrameKind;
  messageId: string | null;
  /** Of an answer: what it answers, where that is known. */
  action: string | null;
  /** Of an answer: milliseconds since its call. */
  latencyMs: number | null;
  /** Of the whole frame, as it crossed the socket. */
  bytes: number;
  /** The payload is not all of it: the frame was too large. */
  cut: boolean;
  /** As text, which is JSON unless the station wrote none; null: nothing of it may be shown. */
  payload: string | null;
}

type Head = [string, string, number, number, 'in' | 'out', FrameKind, string | null, string | null, number | null, number, boolean];

/** Ends the head of a line; JSON text has none. */
const TAB = '\t';
const LINE = '\n';

/**
 * One line of a record of `csms.internal.frames.v1`: the head as JSON, a tab, the payload as received. The payload is copied and
 * not encoded once more, which is most of what a line would cost; so it must have no control characters.
 */
export function packFrame(copy: FrameCopy): string {
  const { tenant, station, seq, at, direction, type, messageId, action, latencyMs, bytes, cut, payload } = copy;
  const [who, id, name] = [JSON.stringify(station), JSON.stringify(messageId), JSON.stringify(action)];
  const head = `["${tenant}",${who},${seq},${at},"${direction}","${type}",${id},${name},${latencyMs},${bytes},${cut}]`;
  return payload === null ? `${head}${LINE}` : `${head}${TAB}${payload}${LINE}`;
}

/** The copies of one record, without the lines that are none. */
export function unpackFrames(record: string): FrameCopy[] {
  return record.split(LINE).flatMap((line) => {
    const end = line.indexOf(TAB);
    const head = headOf(end < 0 ? line : line.slice(0, end));
    if (head === null) return [];
    const [tenant, station, seq, at, direction, type, messageId, action, latencyMs, bytes, cut] = head;
    const payload = end < 0 ? null : line.slice(end + 1);
    return [{ tenant, station, seq, at, direction, type, messageId, action, latencyMs, bytes, cut, payload }];
  });
}

function headOf(text: string): Head | null {
  try {
    const head: unknown = JSON.parse(text);
    // Gateways are the only ones who write the topic.
    return Array.isArray(head) ? (head as Head) : null;
  } catch {
    return null;
  }
}

import type { FrameCopy, StationRef } from '@voltbus/contracts';
import { REDACTED, mayContainSecret, parseFrame, peek, redact, redactText, type Frame, type Peek } from '@voltbus/ocpp';
import { MAX_SHOWN_BYTES, MAX_UNANSWERED, SHOWN_OF_LARGE_BYTES } from './message-log-limits';

/** A frame as it crossed the socket, not parsed yet. */
export interface RawFrame {
  direction: 'in' | 'out';
  frame: Buffer | string;
  /** Epoch milliseconds. */
  at: number;
  /** Of `performance.now()`, for durations. */
  since: number;
}

type Read = Pick<FrameCopy, 'type' | 'messageId' | 'action' | 'latencyMs' | 'cut' | 'payload'>;

/** A call that was not answered yet. */
interface Unanswered {
  action: string;
  since: number;
  /** The secrets of the call, because its answer may repeat them. */
  hidden: readonly string[];
}

const NONE: readonly string[] = [];
const OTHER = { in: 'out', out: 'in' } as const;
const CONTROLS = /[\u0000-\u001f]/;
const ALL_CONTROLS = /[\u0000-\u001f]/g;

/**
 * Copies the frames of one connection, in their order: finds the call that an answer belongs to, and redacts secrets. Objects are written out member by
 * member, because every frame pays for it and one spread costs more than all the rest.
 */
export class FrameCopies {
  private readonly unanswered = new Map<string, Unanswered>();

  constructor(private readonly ref: StationRef) {}

  copyFrame({ direction, frame, at, since }: RawFrame, seq: number): FrameCopy {
    const bytes = typeof frame === 'string' ? Buffer.from(frame) : frame;
    const { tenant, station } = this.ref;
    const { type, messageId, action, latencyMs, cut, payload } = this.read(bytes, direction, since);
    return { tenant, station, seq, at, direction, type, messageId, action, latencyMs, bytes: bytes.length, cut, payload };
  }

  private read(bytes: Buffer, direction: 'in' | 'out', since: number): Read {
    const peeked = peek(bytes);
    switch (peeked.type) {
      case 'broken':
        return {
          type: 'broken',
          messageId: idOf(peeked),
          action: null,
          latencyMs: null,
          cut: false,
          payload: JSON.stringify({ fault: peeked.fault }),
        };
      case 'call':
      case 'send':
        return this.call(bytes, peeked, direction, since);
      case 'result':
      case 'error':
      case 'result-error':
        return this.answer(bytes, peeked, direction, since);
    }
  }

  private call(bytes: Buffer, peeked: Extract<Peek, { action: string }>, direction: 'in' | 'out', since: number): Read {
    const { type, action } = peeked;
    const { payload, cut, hidden } = shownOf(bytes, peeked, NONE);
    if (type === 'call') this.remember(`${direction} ${String(peeked.id)}`, { action, since, hidden });
    return { type, messageId: idOf(peeked), action: redactText(action), latencyMs: null, cut, payload };
  }

  private answer(bytes: Buffer, peeked: Exclude<Peek, { action: string }>, direction: 'in' | 'out', since: number): Read {
    const { type } = peeked;
    const caller = type === 'result-error' ? direction : OTHER[direction]; // 2.1: the caller refuses the answer
    const key = `${caller} ${String(peeked.id)}`;
    const call = this.unanswered.get(key);
    this.unanswered.delete(key);
    const shown = type === 'result' ? shownOf(bytes, peeked, call?.hidden ?? NONE) : errorOf(bytes, call, direction);
    const latencyMs = call === undefined ? null : Math.round((since - call.since) * 10) / 10;
    return {
      type,
      messageId: idOf(peeked),
      action: call === undefined ? null : redactText(call.action),
      latencyMs,
      cut: shown.cut,
      payload: shown.payload,
    };
  }

  /** Beyond the limit the oldest call is forgotten: stations give up calls, and so do we. */
  private remember(key: string, call: Unanswered): void {
    this.unanswered.set(key, call);
    if (this.unanswered.size <= MAX_UNANSWERED) return;
    for (const oldest of this.unanswered.keys()) return void this.unanswered.delete(oldest);
  }
}

interface Shown extends Pick<FrameCopy, 'payload' | 'cut'> {
  hidden: readonly string[];
}

function idOf({ id }: Pick<Peek, 'id'>): string | null {
  return id === undefined ? null : redactText(String(id));
}

/**
 * Returns the payload as received when it can hold no secret, else without its secrets; of a large payload the
 * beginning.
 */
function shownOf(
  bytes: Buffer,
  { payloadStart, payloadEnd }: { payloadStart: number; payloadEnd: number },
  known: readonly string[],
): Shown {
  const text = bytes.toString('utf8', payloadStart, payloadEnd);
  const plain = known.length === 0 && !mayContainSecret(text);
  if (payloadEnd - payloadStart > MAX_SHOWN_BYTES) {
    const beginning = bytes.toString('utf8', payloadStart, payloadStart + SHOWN_OF_LARGE_BYTES);
    return { payload: plain ? JSON.stringify(beginning) : null, cut: true, hidden: NONE };
  }
  if (plain) return { payload: text === '' ? null : oneLine(text), cut: false, hidden: NONE };
  const frame = parseFrame(bytes);
  if (!('payload' in frame)) return { payload: faultIn(frame), cut: true, hidden: NONE };
  const { payload, hidden } = redact(frame.payload, { known });
  return { payload: JSON.stringify(payload), cut: false, hidden };
}

/** Returns the members of an error. When its call is not known, its texts are redacted, because they may repeat secrets of the call. */
function errorOf(bytes: Buffer, call: Unanswered | undefined, direction: 'in' | 'out'): Shown {
  if (bytes.length > MAX_SHOWN_BYTES) return { payload: null, cut: true, hidden: NONE };
  const frame = parseFrame(bytes);
  if (!('code' in frame)) return { payload: faultIn(frame), cut: true, hidden: NONE };
  const { code, description, details } = frame;
  const texts = call === undefined && direction === 'in' ? { description: REDACTED, details: REDACTED } : { description, details };
  return { payload: JSON.stringify(redact({ code, ...texts }, { known: call?.hidden ?? NONE }).payload), cut: false, hidden: NONE };
}

function faultIn(frame: Frame): string | null {
  return frame.type === 'broken' ? JSON.stringify({ fault: frame.fault }) : null;
}

/** Replaces control characters, which mean nothing between the tokens of JSON and are not allowed within them. */
function oneLine(text: string): string {
  return CONTROLS.test(text) ? text.replace(ALL_CONTROLS, ' ') : text;
}

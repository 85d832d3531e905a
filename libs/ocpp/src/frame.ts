import { isStorable, parseGuarded, type Mendable } from './guarded-json';
import { peek, TRANSACTIONAL, type BrokenFrame, type FrameType, type MessageId, type Peek } from './peek';
import type { Protocol } from './protocols';

/** A frame, read whole. Payloads are as they came: a missing one is undefined, and the validators say what that means. */
export type Frame =
  /** `mended`: what was put right to read a message about a transaction, as a leniency each. */
  | { type: 'call' | 'send'; id: MessageId; action: string; payload: unknown; mended?: readonly `${Mendable} /`[] }
  | { type: 'result'; id: MessageId; payload: unknown }
  /** CALLERROR and CALLRESULTERROR. `code` as the station spelled it; `readCode` understands every spelling. */
  | { type: 'error' | 'result-error'; id: MessageId; code: string; description: string; details: unknown }
  | BrokenFrame;

/**
 * Messages that tell and ask nothing that their text decides: firmware in C pads what it writes with NUL, and without its boot a station cannot charge.
 * What no database holds is mended in them, as in those about a transaction, whose refusal costs money.
 */
const TOLD: ReadonlySet<string> = new Set([
  ...TRANSACTIONAL,
  'BootNotification',
  'ClearedChargingLimit',
  'DiagnosticsStatusNotification',
  'FirmwareStatusNotification',
  'LogStatusNotification',
  'NotifyChargingLimit',
  'NotifyCustomerInformation',
  'NotifyDisplayMessages',
  'NotifyEvent',
  'NotifyMonitoringReport',
  'NotifyReport',
  'NotifySettlement',
  'PublishFirmwareStatusNotification',
  'ReportChargingProfiles',
  'ReservationStatusUpdate',
  'SecurityEventNotification',
  'SignedFirmwareStatusNotification',
  'StatusNotification',
]);

/** Types that only 2.1 knows. */
const TYPES_OF_21: readonly FrameType[] = ['result-error', 'send'];

/** Whether the version has frames of that type; those it does not have are ignored and counted. */
export function knowsFrameType(protocol: Protocol, type: FrameType): boolean {
  return protocol === 'ocpp2.1' || !TYPES_OF_21.includes(type);
}

/** Reads any bytes or text: always a frame, `broken` for whatever is not one. Never throws. */
export function parseFrame(input: Uint8Array | string): Frame {
  const bytes = typeof input === 'string' ? Buffer.from(input) : input;
  const peeked = peek(bytes);
  if (peeked.type === 'broken') return peeked;
  const { type: of, id } = peeked;
  const mend = peeked.type === 'result' || ('action' in peeked && TOLD.has(peeked.action));
  if (typeof input === 'string' && !mend && !isStorable(input)) return { type: 'broken', fault: 'unstorable-text', of, id };
  const parsed = parseGuarded(bytes, { mend });
  if (!parsed.ok) return { type: 'broken', fault: parsed.fault, of, id };
  // What was peeked is an array's beginning, so JSON made an array of it.
  const elements = parsed.value as unknown[];
  const frame = frameOf(peeked, elements) ?? { type: 'broken', fault: 'elements', of, id };
  if (parsed.mended.length === 0 || (frame.type !== 'call' && frame.type !== 'send')) return frame;
  return { ...frame, mended: parsed.mended.map((kind) => `${kind} /` as const) };
}

function frameOf(peeked: Exclude<Peek, BrokenFrame>, elements: unknown[]): Frame | undefined {
  switch (peeked.type) {
    case 'call':
    case 'send':
      return elements.length > 4 ? undefined : { type: peeked.type, id: peeked.id, action: peeked.action, payload: elements[3] };
    case 'result':
      return elements.length > 3 ? undefined : { type: 'result', id: peeked.id, payload: elements[2] };
    case 'error':
    case 'result-error': {
      // Stations get the shape of errors wrong more than anything else; whatever it is, the call has failed.
      const [, , code, description, details] = elements;
      return { type: peeked.type, id: peeked.id, code: textOr(code, 'GenericError'), description: textOr(description, ''), details };
    }
  }
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

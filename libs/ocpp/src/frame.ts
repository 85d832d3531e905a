import { isStorable, parseGuarded, type RepairableFault } from './guarded-json';
import { peek, TRANSACTIONAL, type BrokenFrame, type FrameType, type MessageId, type Peek } from './peek';
import type { Protocol } from './protocols';

/** A frame with its payload as it was received. A missing payload is undefined; the validators decide what that means. */
export type Frame =
  /** `repaired`: the faults that were repaired to read the message, as leniencies. */
  | { type: 'call' | 'send'; id: MessageId; action: string; payload: unknown; repaired?: readonly `${RepairableFault} /`[] }
  | { type: 'result'; id: MessageId; payload: unknown }
  /** CALLERROR and CALLRESULTERROR. `code` has the station's spelling; `readCode` reads every spelling. */
  | { type: 'error' | 'result-error'; id: MessageId; code: string; description: string; details: unknown }
  | BrokenFrame;

/**
 * Messages that inform, so that no decision depends on their texts. Texts and numbers that no database can store are
 * repaired in them, as in messages about a transaction: firmware in C pads its texts with NUL, and a station whose boot
 * is refused cannot charge.
 */
const INFORMATIVE: ReadonlySet<string> = new Set([
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

/** Types that only 2.1 has. */
const TYPES_OF_21: readonly FrameType[] = ['result-error', 'send'];

/** True: the version has frames of that type. Frames of other types are ignored and counted. */
export function knowsFrameType(protocol: Protocol, type: FrameType): boolean {
  return protocol === 'ocpp2.1' || !TYPES_OF_21.includes(type);
}

/** Reads any bytes or text. The result is always a frame, `broken` when the input is none. Never throws. */
export function parseFrame(input: Uint8Array | string): Frame {
  const bytes = typeof input === 'string' ? Buffer.from(input) : input;
  const peeked = peek(bytes);
  if (peeked.type === 'broken') return peeked;
  const { type: of, id } = peeked;
  const repair = peeked.type === 'result' || ('action' in peeked && INFORMATIVE.has(peeked.action));
  if (typeof input === 'string' && !repair && !isStorable(input)) return { type: 'broken', fault: 'unstorable-text', of, id };
  const parsed = parseGuarded(bytes, { repair });
  if (!parsed.ok) return { type: 'broken', fault: parsed.fault, of, id };
  // `peek` has found the beginning of an array, so that JSON.parse returned an array.
  const elements = parsed.value as unknown[];
  const frame = frameOf(peeked, elements) ?? { type: 'broken', fault: 'elements', of, id };
  if (parsed.repaired.length === 0 || (frame.type !== 'call' && frame.type !== 'send')) return frame;
  return { ...frame, repaired: parsed.repaired.map((kind) => `${kind} /` as const) };
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
      // Stations often get the shape of errors wrong. Whatever the shape, the call has failed.
      const [, , code, description, details] = elements;
      return { type: peeked.type, id: peeked.id, code: textOr(code, 'GenericError'), description: textOr(description, ''), details };
    }
  }
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

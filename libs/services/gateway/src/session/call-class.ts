import { ackClass, needsPayload, type AckClass, type AckPolicy } from '@voltbus/contracts';
import { parseFrame } from '@voltbus/ocpp';
import type { Connection } from './connection';

interface CallClass {
  ack: AckClass;
  /** Given only where the class depends on it, so that the payload is parsed once at most. */
  payload: unknown;
}

/** Who answers a call, and when. Until a station is accepted, the owning service answers all its calls. */
export function classifyCall(
  { protocol, registration }: Pick<Connection, 'protocol' | 'registration'>,
  policy: AckPolicy,
  action: string,
  frame: Buffer,
): CallClass {
  if (registration !== 'accepted') return { ack: 'service', payload: undefined };
  if (!needsPayload(protocol, action)) return { ack: ackClass(protocol, action, undefined, policy), payload: undefined };
  const parsed = parseFrame(frame);
  if (parsed.type !== 'call') return { ack: 'service', payload: undefined }; // the service answers with what is wrong
  return { ack: ackClass(protocol, action, parsed.payload, policy), payload: parsed.payload };
}

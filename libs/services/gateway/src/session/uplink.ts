import { LANES, META_HEADER, QUIRKS_HEADER, packUplink, type AckClass, type Checked, type Lane, type UplinkMeta } from '@voltbus/contracts';
import { publishInSpan, type Bus, type OutgoingRecord } from '@voltbus/bus';
import type { MessageId } from '@voltbus/ocpp';
import type { OpenSpan } from '@voltbus/telemetry';
import type { Connection } from './connection';

/** A message of a station on its way to a lane. */
export interface Uplink {
  lane: Lane;
  action: string;
  messageId: MessageId;
  ack: AckClass;
  checked: Checked;
  /** Epoch milliseconds; 0 when nobody waits for an answer. */
  answerBy: number;
  frame: Buffer;
  /** The station is not accepted, and one of our calls requested the message (B02.FR.09). */
  requested: boolean;
  /** Of the call; null while tracing is off, and of a SEND. */
  span: OpenSpan | null;
}

/** Publishes the raw frame with one packed header, and one more where something is switched for the station. Rejects before the connection has its epoch, because no answer could find it. */
export function publishUplink(
  bus: Bus,
  { key, protocol, registration, owner, packedQuirks }: Connection,
  { lane, action, messageId, ack, checked, answerBy, frame, requested, span }: Uplink,
): Promise<void> {
  if (owner === null) return Promise.reject(new Error('a message before the connection has its epoch'));
  const { inst, bucket, epoch } = owner;
  const metaIn = (trace: string | undefined): UplinkMeta => ({
    protocol,
    action,
    messageId,
    ack,
    returnTo: { inst, bucket, epoch },
    registration,
    checked,
    receivedAt: Date.now(),
    answerBy,
    trace,
    ...(requested ? { asked: true } : {}),
  });
  const switched: Record<string, Buffer> = packedQuirks === null ? {} : { [QUIRKS_HEADER]: packedQuirks };
  const record = (trace?: string): OutgoingRecord => ({
    key,
    value: frame,
    headers: { [META_HEADER]: packUplink(metaIn(trace)), ...switched },
  });
  return span === null ? bus.publish(LANES[lane], record()) : publishInSpan({ bus, topic: LANES[lane], parent: span, record });
}

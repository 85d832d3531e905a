import type { AckClass, Protocol, Registration } from './station-state';

/** Where a station's connection is held: the gateway process, its downlink bucket, and the connection's fencing epoch. */
export interface ReturnAddress {
  /** Gateway instance: pod name + 8 random hex, new per process start. */
  inst: string;
  /** Partition of `csms.internal.ocpp.downlink.v1` that the instance reads. */
  bucket: number;
  /** Fencing epoch of the connection: microseconds, strictly growing per station. */
  epoch: number;
}

/** The check of the payload by the gateway: services repeat the tolerant normalisation only where it was needed. */
export type Checked = 'no' | 'strict' | 'tolerant';

/**
 * The metadata of a lane record beside the raw frame; packed into ONE header, `m` (each header costs ~3 us to encode).
 */
export interface UplinkMeta {
  protocol: Protocol;
  action: string;
  /** As the station wrote it, also when it is a number: the answer must echo it. */
  messageId: string | number;
  ack: AckClass;
  returnTo: ReturnAddress;
  registration: Registration;
  checked: Checked;
  /** Epoch milliseconds at the gateway. */
  receivedAt: number;
  /** After this instant nobody waits for the answer any more (epoch milliseconds). */
  answerBy: number;
  /** The station is not accepted, and one of our calls asked for this message (B02.FR.09). Absent otherwise. */
  asked?: true;
  /** W3C traceparent, while traces are recorded. */
  trace?: string | undefined;
}

/** Name of the one header. */
export const META_HEADER = 'm';

const VERSION = 1;
/** Without `asked`. */
const FIELDS = 13;

export function packUplink(meta: UplinkMeta): Buffer {
  const { returnTo: to } = meta;
  return Buffer.from(
    JSON.stringify([
      VERSION,
      meta.protocol,
      meta.action,
      meta.messageId,
      meta.ack,
      to.inst,
      to.bucket,
      to.epoch,
      meta.registration,
      meta.checked,
      meta.receivedAt,
      meta.answerBy,
      meta.trace ?? '',
      ...(meta.asked === true ? [1] : []), // absent in almost all, and unknown to services that are older
    ]),
  );
}

/**
 * Throws when version or length show that `packUplink` did not write the header: such a record is poison. The fields
 * are not checked further, because only gateways write to the lanes.
 */
export function unpackUplink(packed: Uint8Array | undefined): UplinkMeta {
  const fields: unknown = packed === undefined ? undefined : JSON.parse(Buffer.from(packed).toString('utf8'));
  if (!Array.isArray(fields) || fields[0] !== VERSION || fields.length < FIELDS || fields.length > FIELDS + 1)
    throw new Error('unknown uplink header');
  const [, protocol, action, messageId, ack, inst, bucket, epoch, registration, checked, receivedAt, answerBy, trace, asked] = fields;
  const meta: UplinkMeta = {
    protocol,
    action,
    messageId,
    ack,
    returnTo: { inst, bucket, epoch },
    registration,
    checked,
    receivedAt,
    answerBy,
  };
  if (trace !== '') meta.trace = trace;
  if (asked === 1) meta.asked = true;
  return meta;
}

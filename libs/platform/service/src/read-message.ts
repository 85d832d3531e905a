import {
  META_HEADER,
  QUIRKS_HEADER,
  parseStationKey,
  unpackQuirks,
  unpackUplink,
  type QuirkSettings,
  type UplinkMeta,
} from '@voltbus/contracts';
import { PoisonError, type BusRecord } from '@voltbus/bus';
import { OcppError, checkRequest, faultError, parseFrame } from '@voltbus/ocpp';
import type { StationMessage } from './answers';
import { readQuirks } from './quirks/read-quirks';

/** A lane record, read: the message, or what is wrong with it. */
type ReadMessage = { ok: true; message: StationMessage<never> } | { ok: false; message: StationMessage<never>; error: OcppError };

/** Parses and validates what the gateway has not; repeats only the tolerant normalisation of what it has. Throws `PoisonError` on what no gateway writes. */
export function readMessage(record: BusRecord, meta: UplinkMeta): ReadMessage {
  const frame = parseFrame(record.value);
  if (frame.type === 'broken') return { ok: false, message: messageOf(record, meta, undefined, []), error: faultError(frame.fault) };
  if (frame.type !== 'call' && frame.type !== 'send') throw new PoisonError(`a ${frame.type} on a lane`);
  const { payload, notes } = readQuirks(frame.payload, quirksOf(record));
  const noted = [...(frame.repaired ?? []), ...notes];
  if (meta.checked === 'strict') return { ok: true, message: messageOf(record, meta, payload, noted) };
  const checked = checkRequest(meta.protocol, meta.action, payload, 'inbound');
  if (!checked.ok) return { ok: false, message: messageOf(record, meta, undefined, []), error: checked.error };
  return { ok: true, message: messageOf(record, meta, checked.payload, [...noted, ...checked.leniency]) };
}

/** The message of a record, where there is one; its payload is not read. */
export function messageIn(record: BusRecord): StationMessage<never> | null {
  try {
    return messageOf(record, readMeta(record), undefined, []);
  } catch {
    return null;
  }
}

/** The packed header; what cannot be read was not written by a gateway. */
export function readMeta(record: BusRecord): UplinkMeta {
  try {
    return unpackUplink(record.headers[META_HEADER]);
  } catch (error) {
    throw new PoisonError('unknown lane header', { cause: error });
  }
}

/** What is switched for the station, as its gateway knew it. */
function quirksOf({ headers }: BusRecord): QuirkSettings {
  try {
    return unpackQuirks(headers[QUIRKS_HEADER]);
  } catch (error) {
    throw new PoisonError('unknown header of quirks', { cause: error });
  }
}

function messageOf(record: BusRecord, meta: UplinkMeta, payload: unknown, leniency: readonly string[]): StationMessage<never> {
  return {
    ref: parseStationKey(record.key),
    protocol: meta.protocol,
    action: meta.action,
    messageId: meta.messageId,
    payload: payload as never, // validated against the action's schema; the handler names the type
    receivedAt: new Date(meta.receivedAt),
    registration: meta.registration,
    asked: meta.asked === true,
    returnTo: meta.returnTo,
    checked: meta.checked,
    awaited: meta.ack === 'service' && Date.now() < meta.answerBy,
    leniency,
    quirks: quirksOf(record),
  };
}

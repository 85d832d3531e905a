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
  const read = readPayload({ ...meta, payload: frame.payload, quirks: quirksOf(record) });
  if (!read.ok) return { ok: false, message: messageOf(record, meta, undefined, []), error: read.error };
  const message = messageOf(record, meta, read.payload, [...(frame.repaired ?? []), ...read.leniency]);
  return { ok: true, message: read.written === undefined ? message : { ...message, written: read.written as never } }; // as `payload`
}

/** A payload as services see it; `written`: as they would without the quirks, where those changed something. */
type PayloadRead = { ok: true; payload: unknown; written?: unknown; leniency: readonly string[] } | { ok: false; error: OcppError };

/** Reads a payload by the quirks of its station, then by the schema of its action. A strict one, which the gateway has checked, is not checked again. */
export function readPayload(
  given: Pick<UplinkMeta, 'protocol' | 'action' | 'checked'> & { payload: unknown; quirks: QuirkSettings },
): PayloadRead {
  const { protocol, action, checked, quirks } = given;
  const check = (payload: unknown) =>
    checked === 'strict' ? ({ ok: true, payload, leniency: [] } as const) : checkRequest(protocol, action, payload, 'inbound');
  const { payload, notes } = readQuirks(given.payload, quirks);
  const read = check(payload);
  if (!read.ok) return read;
  const leniency = [...notes, ...read.leniency];
  const written = notes.length === 0 ? null : check(given.payload);
  return { ok: true, payload: read.payload, leniency, ...(written?.ok === true ? { written: written.payload } : {}) };
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

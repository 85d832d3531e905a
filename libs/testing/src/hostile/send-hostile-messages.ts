import { OcppError, checkRequest, checkResponse, encodeError, parseFrame, type Protocol } from '@voltbus/ocpp';
import { hostileMessages } from './hostile-messages';

/** As the AnswerTable of platform/service has them, whose own specs use this library. */
type Entry =
  | { shape: 'key'; decide(message: never): Promise<{ payload: object }> }
  | { shape: 'batch'; store(messages: never[]): Promise<void>; answer?(message: never): object };
type Table = Readonly<Record<'ocpp16' | 'ocpp2', Readonly<Record<string, Entry>>>>;

/** What became of the messages of one action. */
export interface HostileOutcome {
  /** Different messages that reached the service. */
  handled: number;
  /** Refused with an error of OCPP: what was wrong in each. */
  refused: string[];
  /** Neither answered nor refused: a defect of ours. Empty is what is promised. */
  defects: string[];
}

/** Stations that speak in turn, so that messages meet what others have left. */
const STATIONS = 8;
/** Messages handed at once to what stores many. */
const BATCH = 100;

/**
 * Says every hostile message of an action to its answer, read as a lane reads it. Messages that are the same once they are read are said once: what was
 * left out is left out.
 */
export async function sendHostileMessages(
  table: Table,
  protocol: Protocol,
  action: string,
  { changes, concurrency }: { changes?: object; concurrency: number },
): Promise<HostileOutcome> {
  const heard: HostileOutcome = { handled: 0, refused: [], defects: [] };
  const handler = table[protocol === 'ocpp1.6' ? 'ocpp16' : 'ocpp2'][action];
  if (handler === undefined) throw new Error(`no answer to ${action}`);
  const messages = readable(protocol, action, changes, heard);
  const size = handler.shape === 'key' ? concurrency : BATCH;
  for (let at = 0; at < messages.length; at += size) await sendBatch(handler, messages.slice(at, at + size), heard);
  heard.handled = messages.length;
  return heard;
}

interface Read {
  what: string;
  protocol: Protocol;
  action: string;
  /** A StationMessage. */
  message: never;
}

function readable(protocol: Protocol, action: string, changes: object | undefined, heard: HostileOutcome): Read[] {
  const seen = new Set<string>();
  const messages: Read[] = [];
  for (const { what, json } of hostileMessages(protocol, `${action}Request`, changes)) {
    const read = payloadIn(protocol, action, json);
    if (read instanceof OcppError) heard.refused.push(what);
    if (read instanceof OcppError && !isWellFormed(protocol, read)) heard.defects.push(`${what}: an error that says nothing`);
    const key = JSON.stringify(read);
    if (read instanceof OcppError || seen.has(key)) continue;
    seen.add(key);
    messages.push({ what, protocol, action, message: messageOf(protocol, action, messages.length, read) as never });
  }
  return messages;
}

function payloadIn(protocol: Protocol, action: string, json: string): { payload: unknown; leniency: readonly string[] } | OcppError {
  const frame = parseFrame(Buffer.from(`[2,"m","${action}",${json}]`));
  if (frame.type === 'broken') return new OcppError('formation-violation', frame.fault);
  if (frame.type !== 'call' && frame.type !== 'send') throw new Error(`a ${frame.type}`);
  const checked = checkRequest(protocol, action, frame.payload, 'inbound');
  return checked.ok ? { payload: checked.payload, leniency: [...(frame.mended ?? []), ...checked.leniency] } : checked.error;
}

function isWellFormed(protocol: Protocol, error: OcppError): boolean {
  return parseFrame(encodeError(protocol, 'm', error)).type === 'error';
}

async function sendBatch(handler: Entry, batch: readonly Read[], heard: HostileOutcome): Promise<void> {
  if (handler.shape === 'key') {
    await Promise.all(batch.map((one) => answered(one, () => handler.decide(one.message), heard)));
    return;
  }
  const stored = await handler.store(batch.map(({ message }) => message)).then(
    () => true,
    () => false,
  );
  // one that cannot be stored is told from the others as the bus does it: one by one
  for (const one of batch) {
    await answered(
      one,
      async () => {
        if (!stored) await handler.store([one.message]);
        return { payload: handler.answer?.(one.message) ?? {} };
      },
      heard,
    );
  }
}

async function answered(
  { what, protocol, action }: Read,
  answer: () => Promise<{ payload: object }>,
  heard: HostileOutcome,
): Promise<void> {
  try {
    const { payload } = await answer();
    const right = checkResponse(protocol, action, payload, 'strict');
    if (!right.ok && !(right.error.code === 'not-supported')) heard.defects.push(`${what}: answered ${JSON.stringify(payload)}`);
  } catch (error) {
    if (error instanceof OcppError) heard.refused.push(what);
    else heard.defects.push(`${what}: ${String(error)}`);
  }
}

function messageOf(
  protocol: Protocol,
  action: string,
  nth: number,
  { payload, leniency }: { payload: unknown; leniency: readonly string[] },
): object {
  return {
    ref: { tenant: 'default', station: `HOSTILE-${nth % STATIONS}` },
    protocol,
    action,
    messageId: `${action}-${nth}`,
    payload,
    receivedAt: new Date(),
    registration: 'accepted',
    returnTo: { inst: 'gw-00000000', bucket: 0, epoch: 1 },
    checked: 'tolerant',
    awaited: true,
    leniency,
  };
}

import { OcppError, checkRequest, checkResponse, encodeError, parseFrame, type Protocol } from '@voltbus/ocpp';
import { hostileMessages, type HostileMessage } from './hostile-messages';

/** The handlers of platform/service's AnswerTable; declared again, because its own specs use this library. */
type Entry =
  | { shape: 'key'; decide(message: never): Promise<{ payload: object }> }
  | { shape: 'batch'; store(messages: never[]): Promise<void>; answer?(message: never): object };
export type Table = Readonly<Record<'ocpp16' | 'ocpp2', Readonly<Record<string, Entry>>>>;

/** The outcome of the messages of one action. */
interface HostileOutcome {
  /** Different messages that reached the service. */
  handled: number;
  /** Messages refused with an error of OCPP, each by the value that was wrong. */
  refused: string[];
  /** Messages neither answered nor refused, which are defects of ours. */
  defects: string[];
}

/** Stations that send in turn, so that messages meet the state that others have left. */
const STATIONS = 8;
/** Messages given at once to a handler that stores many. */
const BATCH = 100;

/**
 * Sends every hostile message of an action to its handler, read as a lane reads it. Messages that are equal once they are read are sent once.
 */
export async function sendHostileMessages(
  table: Table,
  protocol: Protocol,
  action: string,
  { changes, concurrency }: { changes?: object; concurrency: number },
): Promise<HostileOutcome> {
  return send(
    handlerOf(table, protocol, action),
    { protocol, action, concurrency },
    hostileMessages(protocol, `${action}Request`, changes),
  );
}

/** Sends payloads, given as JSON texts, to the handler of an action one after the other; returns the defects. */
export async function sendMessages(table: Table, protocol: Protocol, action: string, texts: readonly string[]): Promise<string[]> {
  const messages = texts.map((json) => ({ what: 'fuzzed', json }));
  return (await send(handlerOf(table, protocol, action), { protocol, action, concurrency: 1 }, messages)).defects;
}

function handlerOf(table: Table, protocol: Protocol, action: string): Entry {
  const handler = table[protocol === 'ocpp1.6' ? 'ocpp16' : 'ocpp2'][action];
  if (handler === undefined) throw new Error(`no answer to ${action}`);
  return handler;
}

interface Sending {
  protocol: Protocol;
  action: string;
  concurrency: number;
}

async function send(handler: Entry, { protocol, action, concurrency }: Sending, texts: Iterable<HostileMessage>): Promise<HostileOutcome> {
  const outcome: HostileOutcome = { handled: 0, refused: [], defects: [] };
  const messages = readable(protocol, action, texts, outcome);
  const size = handler.shape === 'key' ? concurrency : BATCH;
  for (let at = 0; at < messages.length; at += size) await sendBatch(handler, messages.slice(at, at + size), outcome);
  outcome.handled = messages.length;
  return outcome;
}

interface Read {
  what: string;
  protocol: Protocol;
  action: string;
  /** A StationMessage. */
  message: never;
}

function readable(protocol: Protocol, action: string, texts: Iterable<HostileMessage>, outcome: HostileOutcome): Read[] {
  const seen = new Set<string>();
  const messages: Read[] = [];
  for (const { what, json } of texts) {
    const read = payloadIn(protocol, action, json);
    if (read instanceof OcppError) outcome.refused.push(what);
    if (read instanceof OcppError && !isWellFormed(protocol, read)) outcome.defects.push(`${what}: an error that is not well-formed`);
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
  return checked.ok ? { payload: checked.payload, leniency: [...(frame.repaired ?? []), ...checked.leniency] } : checked.error;
}

function isWellFormed(protocol: Protocol, error: OcppError): boolean {
  return parseFrame(encodeError(protocol, 'm', error)).type === 'error';
}

async function sendBatch(handler: Entry, batch: readonly Read[], outcome: HostileOutcome): Promise<void> {
  if (handler.shape === 'key') {
    await Promise.all(batch.map((one) => answered(one, () => handler.decide(one.message), outcome)));
    return;
  }
  const stored = await handler.store(batch.map(({ message }) => message)).then(
    () => true,
    () => false,
  );
  // as on the bus, a batch that cannot be stored is tried one by one
  for (const one of batch) {
    await answered(
      one,
      async () => {
        if (!stored) await handler.store([one.message]);
        return { payload: handler.answer?.(one.message) ?? {} };
      },
      outcome,
    );
  }
}

async function answered(
  { what, protocol, action }: Read,
  answer: () => Promise<{ payload: object }>,
  outcome: HostileOutcome,
): Promise<void> {
  try {
    const { payload } = await answer();
    const right = checkResponse(protocol, action, payload, 'strict');
    if (!right.ok && !(right.error.code === 'not-supported')) outcome.defects.push(`${what}: answered ${JSON.stringify(payload)}`);
  } catch (error) {
    if (error instanceof OcppError) outcome.refused.push(what);
    else outcome.defects.push(`${what}: ${String(error)}`);
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

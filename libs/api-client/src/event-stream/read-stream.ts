import { NoAnswer, UnexpectedAnswer, errorOf } from '../errors';
import { readAnswer, refuseRedirect, textOf } from '../read-answer';
import { Deadline } from '../waiting';
import { BlockTooLong, EventParser, type Block } from './event-parser';
import type { StreamLimits } from './stream-limits';

/** Opens a stream at the event after `lastEventId`. */
export type OpenStream = (lastEventId: string | null, signal: AbortSignal) => Promise<Response>;

export const EVENTS = 'GET /v1/events';

/** The blocks of one connection, until the server ends it. Throws ApiProblem, UnexpectedAnswer, or NoAnswer when it is cut or silent for too long. */
export async function* readStream(
  open: OpenStream,
  lastEventId: string | null,
  limits: StreamLimits,
  signal: AbortSignal | undefined,
): AsyncGenerator<Block, void, undefined> {
  const deadline = new Deadline(signal, () => new NoAnswer(EVENTS, true));
  try {
    deadline.set(limits.connectMs);
    const response = await open(lastEventId, deadline.signal);
    await refuseOther(response);
    const parser = new EventParser(limits.eventLength);
    deadline.set(limits.idleMs);
    for await (const piece of textOf(response)) {
      deadline.rest(); // not while the caller works on an event
      yield* parser.push(piece);
      deadline.set(limits.idleMs);
    }
  } catch (error) {
    if (deadline.signal.aborted) throw deadline.signal.reason;
    throw error instanceof BlockTooLong ? new UnexpectedAnswer(EVENTS, error.message, 200) : errorOf(EVENTS, error);
  } finally {
    deadline.abort();
    deadline.close();
  }
}

async function refuseOther(response: Response): Promise<void> {
  refuseRedirect(EVENTS, response);
  if (!response.ok) return void (await readAnswer(EVENTS, response)); // which throws
  const type = response.headers.get('content-type');
  if (!/^text\/event-stream\s*(?:;|$)/i.test(type ?? ''))
    throw new UnexpectedAnswer(EVENTS, `${response.status} with ${type}`, response.status);
}

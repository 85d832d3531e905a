import { ApiProblem, NoAnswer, UnexpectedAnswer } from '../errors';
import type { Schemas } from '../operations';
import { pause } from '../waiting';
import type { Block } from './event-parser';
import { EVENTS, readStream, type OpenStream } from './read-stream';
import type { StreamLimits } from './stream-limits';

/** An event of the stream, told apart by `event`. After `gap`, read again what you show. */
export type ApiEvent = Schemas['Event'];
export type EventType = Exclude<ApiEvent['event'], 'gap'>;

export interface EventOptions {
  /** All when left out. */
  types?: readonly EventType[];
  /** The `id` of the last event that was handled: the stream goes on after it, with a `gap` first where that is not possible. */
  lastEventId?: string;
  /** Ends the loop, which throws its reason. */
  signal?: AbortSignal;
  /** Is told each time that a stream is open: what happens from then on is in it. */
  onOpen?: () => void;
  /** Is told each time that the stream is lost, and how long it waits before it connects again. */
  onReconnect?: (cause: Error, pauseMs: number) => void;
  limits?: Partial<StreamLimits>;
}

const KNOWN: ReadonlySet<string> = new Set<ApiEvent['event']>(['station', 'transaction', 'cdr', 'command', 'gap']);

/** Follows the stream over lost connections, each time after the last event. Ends only by an error: a refusal, its signal, or no stream for `giveUpMs`. */
export async function* followEvents(
  open: OpenStream,
  limits: StreamLimits,
  { lastEventId, signal, onOpen, onReconnect }: EventOptions,
): AsyncGenerator<ApiEvent, void, undefined> {
  const reconnection = new Reconnection(limits);
  for (let lastId = lastEventId ?? null; ;) {
    let cause: Error;
    let isOpen = false;
    try {
      for await (const block of readStream(open, lastId, limits, signal)) {
        reconnection.received(block);
        if (!isOpen) onOpen?.();
        isOpen = true;
        lastId = block.id ?? lastId;
        const event = eventOf(block);
        if (event !== null) yield event;
      }
      cause = new NoAnswer(EVENTS, false, new Error('the server ended the stream'));
    } catch (error) {
      signal?.throwIfAborted();
      if (!isTemporary(error)) throw error;
      cause = error;
    }
    const pauseMs = reconnection.failed(cause);
    onReconnect?.(cause, pauseMs);
    await pause(pauseMs, signal);
  }
}

/** Whatever a server asks for: one that ends each stream at once is not called in a tight loop. */
const SHORTEST_PAUSE_MS = 100;

/** How long to wait before the next connection, and when to give up. */
class Reconnection {
  private askedMs: number;
  private failures = 0;
  private receivedAt = performance.now();

  constructor(private readonly limits: StreamLimits) {
    this.askedMs = limits.firstPauseMs;
  }

  /** Only what is received shows that a stream works: a proxy may accept a connection and end it. */
  received({ retryMs }: Block): void {
    this.failures = 0;
    if (retryMs !== null) this.askedMs = Math.max(retryMs, SHORTEST_PAUSE_MS);
    this.receivedAt = performance.now();
  }

  /** The pause in ms. Throws the cause after too long a time without a stream. */
  failed(cause: Error): number {
    if (performance.now() - this.receivedAt > this.limits.giveUpMs) throw cause;
    const growingMs = Math.min(this.askedMs * 2 ** this.failures, this.limits.longestPauseMs);
    this.failures += 1;
    const demandedMs = cause instanceof ApiProblem ? (cause.retryAfterSeconds ?? 0) * 1_000 : 0;
    return Math.max(growingMs * (1 + Math.random() / 2), Math.min(demandedMs, this.limits.longestPauseMs));
  }
}

/** Null for what has no data, and for types that a later version of the API added. */
function eventOf({ event, id, data }: Block): ApiEvent | null {
  if (data === null || !KNOWN.has(event)) return null;
  try {
    return { event, id: id ?? '', data: JSON.parse(data) as never } as ApiEvent; // as the API describes it
  } catch {
    throw new UnexpectedAnswer(EVENTS, `the event ${id} with broken JSON`, 200, data);
  }
}

function isTemporary(error: unknown): error is Error {
  return error instanceof NoAnswer || (error instanceof ApiProblem && (error.status === 429 || error.status >= 500));
}

import { Readable } from 'node:stream';
import { RETRY_MS } from './event-limits';
import type { Feed, KeptEvent } from './feed';
import type { EventType } from './resource-event';

/** Bytes that wait for the socket to take them; what comes later stays in the feed. */
const UNSENT_BYTES = 65_536;

/** Why a stream ended: the client went; it was too far behind; it took nothing; its key is none any more; the process stops. */
export type StreamEnd = 'closed' | 'too-slow' | 'stalled' | 'revoked' | 'stopping';

export interface EventStreamParts {
  feed: Feed;
  types: ReadonlySet<EventType>;
  /** Id of the last event that the client has; null: it begins now. */
  lastEventId: string | null;
  ended: (why: StreamEnd) => void;
  now?: () => number;
}

/**
 * One listener's view of a feed, as server-sent events. It holds nothing of its own but what the socket has not taken yet: it reads on
 * in the feed as the client does, and is cut off when the feed has forgotten what comes next for it.
 */
export class EventStream extends Readable {
  private position: number;
  private gap: boolean;
  private takes = true;
  private tookAt: number;
  private why: StreamEnd | null = null;
  private readonly unwatch: () => void;
  private readonly now: () => number;

  constructor(private readonly parts: EventStreamParts) {
    super({ highWaterMark: UNSENT_BYTES });
    const { feed, lastEventId } = parts;
    this.now = parts.now ?? (() => performance.now());
    this.tookAt = this.now();
    const resumed = lastEventId === null ? feed.position : feed.resume(lastEventId);
    this.gap = resumed === null;
    this.position = resumed ?? feed.position;
    this.push(`retry: ${RETRY_MS}\nid: ${feed.idOf(this.position)}\n\n`);
    this.unwatch = feed.watch(() => this.readOn());
    this.readOn();
  }

  override _read(): void {
    this.takes = true;
    this.tookAt = this.now();
    this.readOn();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.unwatch();
    this.parts.ended(this.why ?? 'closed');
    done(error);
  }

  /** Nothing to say, said: for proxies. */
  comment(): void {
    if (this.takes && this.why === null) this.send(':\n\n');
  }

  /** Since when the client takes nothing though something waits for it; null: it takes what comes. */
  get stalledSince(): number | null {
    return this.takes ? null : this.tookAt;
  }

  /** Ends in order, so that the client has all that was sent. */
  finish(why: StreamEnd): void {
    if (this.why !== null) return;
    this.why = why;
    this.push(null);
  }

  /** Ends at once: what the socket has not taken is lost, and the client resumes after what it has. */
  cut(why: StreamEnd): void {
    this.why ??= why;
    this.destroy();
  }

  private readOn(): void {
    if (this.gap && this.takes) this.tellGap();
    while (this.why === null) {
      const next = this.parts.feed.after(this.position);
      if (next === 'forgotten') return this.cut('too-slow');
      if (next === null || !this.takes) return;
      this.tell(next);
    }
  }

  private tell({ position, type, json }: KeptEvent): void {
    this.position = position;
    if (!this.parts.types.has(type)) return;
    if (json === null) this.tellGap();
    else this.send(`event: ${type}\nid: ${this.parts.feed.idOf(position)}\ndata: ${json}\n\n`);
  }

  private tellGap(): void {
    this.gap = false;
    const data = { reason: 'what happened since cannot be told: read again what you show' };
    this.send(`event: gap\nid: ${this.parts.feed.idOf(this.position)}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  private send(text: string): void {
    this.takes = this.push(text);
    if (this.takes) this.tookAt = this.now();
  }
}

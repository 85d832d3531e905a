import { Readable } from 'node:stream';
import { withProof, withoutProof } from '@voltbus/http';
import type { BufferedEvent, EventBuffer } from './event-buffer';
import { RETRY_MS } from './limits';
import type { EventType } from './resource-event';
import type { StreamReach } from './stream-reach';

/** Bytes that wait for the socket; later events stay in the buffer of the tenant. */
const UNSENT_BYTES = 65_536;

/**
 * Why a stream ended: the client closed it, it lagged too far behind, it read nothing, its key is no longer valid, its ticket opened
 * another stream, or the process stops.
 */
export type StreamEnd = 'closed' | 'replaced' | 'too-slow' | 'stalled' | 'revoked' | 'stopping';

interface EventStreamOptions {
  buffer: EventBuffer;
  types: ReadonlySet<EventType>;
  /** Limits it to some stations; null: it shows those of the whole tenant. */
  reach?: Pick<StreamReach, 'sees'> | null;
  /** Id of the last event that the client has; null where it begins now. */
  lastEventId: string | null;
  /** Ends the ids that a client with a ticket is given, so that it can come back with them. */
  proof?: string | undefined;
  onEnd: (reason: StreamEnd) => void;
  now?: () => number;
}

/**
 * One client's view of a tenant's buffer, as server-sent events. It holds only what the socket has not taken yet: it reads on in the buffer as the client
 * does, and is ended when the buffer has dropped its next event.
 */
export class EventStream extends Readable {
  private position: number;
  private gap: boolean;
  private hasRoom = true;
  private hadRoomAt: number;
  private reason: StreamEnd | null = null;
  private readonly unwatch: () => void;
  private readonly now: () => number;

  constructor(private readonly options: EventStreamOptions) {
    super({ highWaterMark: UNSENT_BYTES });
    const { buffer, lastEventId } = options;
    this.now = options.now ?? (() => performance.now());
    this.hadRoomAt = this.now();
    const resumed = lastEventId === null ? buffer.position : buffer.resume(withoutProof(lastEventId));
    this.gap = resumed === null;
    this.position = resumed ?? buffer.position;
    this.push(`retry: ${RETRY_MS}\nid: ${this.idOf(this.position)}\n\n`);
    this.unwatch = buffer.watch(() => this.readOn());
    this.readOn();
  }

  override _read(): void {
    this.hasRoom = true;
    this.hadRoomAt = this.now();
    this.readOn();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.unwatch();
    this.options.onEnd(this.reason ?? 'closed');
    done(error);
  }

  /** Sends a comment, so that proxies do not cut off a stream without events. */
  comment(): void {
    if (this.hasRoom && this.reason === null) this.send(':\n\n');
  }

  /** Since when the client has read nothing although data waits for it; null while it reads. */
  get stalledSince(): number | null {
    return this.hasRoom ? null : this.hadRoomAt;
  }

  /** Ends after everything that was sent has reached the client. */
  finish(reason: StreamEnd): void {
    if (this.reason !== null) return;
    this.reason = reason;
    this.push(null);
  }

  /** Ends at once. What the socket has not taken is lost, and the client resumes after its last event. */
  cut(reason: StreamEnd): void {
    this.reason ??= reason;
    this.destroy();
  }

  private readOn(): void {
    if (this.gap && this.hasRoom) this.sendGap();
    while (this.reason === null) {
      const next = this.options.buffer.after(this.position);
      if (next === 'dropped') return this.cut('too-slow');
      if (next === null || !this.hasRoom) return;
      this.sendEvent(next);
    }
  }

  private sendEvent({ position, type, station, json }: BufferedEvent): void {
    this.position = position;
    const { types, reach = null } = this.options;
    if (!types.has(type) || (reach !== null && station !== null && !reach.sees(station))) return;
    if (json === null) this.sendGap();
    else this.send(`event: ${type}\nid: ${this.idOf(position)}\ndata: ${json}\n\n`);
  }

  private sendGap(): void {
    this.gap = false;
    const data = { reason: 'events are missing here: read again what you show' };
    this.send(`event: gap\nid: ${this.idOf(this.position)}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  private idOf(position: number): string {
    const { buffer, proof } = this.options;
    const id = buffer.idOf(position);
    return proof === undefined ? id : withProof(id, proof);
  }

  private send(text: string): void {
    this.hasRoom = this.push(text);
    if (this.hasRoom) this.hadRoomAt = this.now();
  }
}

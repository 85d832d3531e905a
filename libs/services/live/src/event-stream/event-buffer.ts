import { DropOldestBuffer } from '@voltbus/flow';
import type { EventStreamLimits } from './limits';
import type { ResourceEvent } from './resource-event';

export interface BufferedEvent extends ResourceEvent {
  /** Grows by one from event to event of a buffer. */
  position: number;
}

const EVENT_ID = /^([0-9a-f]{1,32})-(\d{1,15})$/;

/** The latest events of one tenant, in the order in which this process received them. Its id is unique, since positions of another buffer mean other events. */
export class EventBuffer {
  private readonly events;
  private last = 0;
  private readonly listeners = new Set<() => void>();

  constructor(
    readonly id: string,
    { bufferedEvents }: Pick<EventStreamLimits, 'bufferedEvents'>,
  ) {
    this.events = new DropOldestBuffer<BufferedEvent>({ maxItems: bufferedEvents, sizeOf: ({ json }) => json?.length ?? 0 });
  }

  /** Of the newest event; 0 before the first. */
  get position(): number {
    return this.last;
  }

  get watched(): boolean {
    return this.listeners.size > 0;
  }

  /** Calls the listener after each event, until the returned function is called. */
  watch(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Adds an event and drops the oldest ones beyond the bounds; the newest one is always kept. */
  add(event: ResourceEvent, maxBytes: number): void {
    const newest = this.events.at(-1);
    if (event.json === null && newest?.json === null && newest.type === event.type) return; // two gaps mean no more than one
    this.last++;
    this.events.push({ ...event, position: this.last });
    this.events.shrinkTo(maxBytes);
    for (const listener of this.listeners) listener();
  }

  /** The event after a position; null where there is none yet, `dropped` where it is no longer buffered. */
  after(position: number): BufferedEvent | null | 'dropped' {
    if (position >= this.last) return null;
    const index = position - (this.last - this.events.length);
    return (index < 0 ? undefined : this.events.at(index)) ?? 'dropped';
  }

  idOf(position: number): string {
    return `${this.id}-${position}`;
  }

  /** The position of a client whose last event had this id; null where it is not known which events it has missed. */
  resume(lastEventId: string): number | null {
    const [, buffer, digits] = EVENT_ID.exec(lastEventId) ?? [];
    if (buffer !== this.id) return null;
    const position = Number(digits);
    return position > this.last || this.after(position) === 'dropped' ? null : position;
  }
}

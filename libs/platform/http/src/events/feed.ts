import type { EventLimits } from './event-limits';
import type { ResourceEvent } from './resource-event';

export interface KeptEvent extends ResourceEvent {
  /** Grows by one from event to event of this feed. */
  position: number;
}

const POSITION = /^([0-9a-f]{1,32})-(\d{1,15})$/;

/** The latest events of one tenant, as this process heard them. `id` is new with each feed: another one counts otherwise. */
export class Feed {
  private kept: KeptEvent[] = [];
  private bytes = 0;
  private last = 0;
  private readonly watchers = new Set<() => void>();

  constructor(
    readonly id: string,
    private readonly limits: Pick<EventLimits, 'keptEvents'>,
  ) {}

  /** Of the newest event; 0 before the first. */
  get position(): number {
    return this.last;
  }

  get watched(): number {
    return this.watchers.size;
  }

  /** Calls back after each event, until the returned function is called. */
  watch(heard: () => void): () => void {
    this.watchers.add(heard);
    return () => void this.watchers.delete(heard);
  }

  /** Keeps an event, and forgets the oldest beyond the bounds; the newest one is always kept. */
  add(event: ResourceEvent, keptBytes: number): void {
    const newest = this.kept.at(-1);
    if (event.json === null && newest?.json === null && newest.type === event.type) return; // one gap is as many
    this.last++;
    this.kept.push({ ...event, position: this.last });
    this.bytes += sizeOf(event);
    let over = 0;
    while (this.kept.length - over > this.limits.keptEvents || (this.bytes > keptBytes && this.kept.length - over > 1))
      this.bytes -= sizeOf(this.kept[over++]);
    if (over > 0) this.kept.splice(0, over);
    for (const heard of this.watchers) heard();
  }

  /** The event after a position; null: there is none yet; `forgotten`: it is not kept any more. */
  after(position: number): KeptEvent | null | 'forgotten' {
    if (position >= this.last) return null;
    return this.kept[position + 1 - (this.last + 1 - this.kept.length)] ?? 'forgotten';
  }

  idOf(position: number): string {
    return `${this.id}-${position}`;
  }

  /** Where a listener was that had this id last; null: nobody here knows what it has missed. */
  resume(lastEventId: string): number | null {
    const [, feed, digits] = POSITION.exec(lastEventId) ?? [];
    if (feed !== this.id) return null;
    const position = Number(digits);
    return position > this.last || this.after(position) === 'forgotten' ? null : position;
  }
}

function sizeOf(event: ResourceEvent | undefined): number {
  return event?.json?.length ?? 0;
}

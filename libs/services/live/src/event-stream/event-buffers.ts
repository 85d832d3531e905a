import { randomBytes } from 'node:crypto';
import { EventBuffer } from './event-buffer';
import type { EventStreamLimits } from './limits';
import type { ResourceEvent } from './resource-event';

/** The buffers of the tenants that have open streams, or had some lately. The events of other tenants cost nothing. */
export class EventBuffers {
  private readonly buffers = new Map<string, EventBuffer>();
  /** Tenants without an open stream, and since when; the longest idle comes first. */
  private readonly idle = new Map<string, number>();

  constructor(
    private readonly limits: Pick<EventStreamLimits, 'bufferedEvents' | 'bufferedBytes' | 'idleBufferMs' | 'idleBuffers'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  has(tenant: string): boolean {
    return this.buffers.has(tenant);
  }

  /** The tenant's buffer, which is kept from now on. The caller watches it, and calls `release` afterwards. */
  open(tenant: string): EventBuffer {
    this.sweep();
    this.idle.delete(tenant);
    const buffer = this.buffers.get(tenant) ?? new EventBuffer(randomBytes(8).toString('hex'), this.limits);
    this.buffers.set(tenant, buffer);
    return buffer;
  }

  release(tenant: string): void {
    if (this.buffers.get(tenant)?.watched === false) this.idle.set(tenant, this.now());
    this.sweep();
  }

  add(tenant: string, event: ResourceEvent): void {
    this.buffers.get(tenant)?.add(event, this.limits.bufferedBytes / this.buffers.size);
  }

  /** Drops the buffers that have been idle for too long, or are too many. */
  sweep(): void {
    const before = this.now() - this.limits.idleBufferMs;
    for (const [tenant, since] of this.idle) {
      if (since >= before && this.idle.size <= this.limits.idleBuffers) return;
      this.idle.delete(tenant);
      this.buffers.delete(tenant);
    }
  }
}

import type { StationRef } from '@voltbus/contracts';
import type { Outbox, OutboxEvent } from '@voltbus/database';
import type { EntityManager } from 'typeorm';

/** One database transaction of one station. Stores take it to read and write within that transaction. */
export class StationUnit {
  constructor(
    readonly manager: EntityManager,
    readonly ref: StationRef,
    private readonly outbox: Outbox,
  ) {}

  /** The events leave when the transaction commits. */
  async publish(events: OutboxEvent[]): Promise<void> {
    if (events.length > 0) await this.outbox.add(this.manager, events);
  }
}

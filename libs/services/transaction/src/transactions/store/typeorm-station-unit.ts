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
  publish(events: readonly OutboxEvent[]): Promise<void> {
    return this.outbox.add(this.manager, events);
  }
}

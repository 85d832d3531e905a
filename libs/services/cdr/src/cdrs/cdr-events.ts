import { CDRS, CDR_REVIEWS, deterministicId, type Cdr } from '@voltbus/contracts';
import { outboxEvent, type OutboxEvent } from '@voltbus/database';

/** The event on `csms.cdrs.v1` of a charge or credit. The same CDR published again has the same `ce_id`. */
export function cdrIssued(cdr: Cdr): OutboxEvent {
  const type = cdr.kind === 'charge' ? CDRS.events.issued : CDRS.events.credited;
  return outboxEvent(type, { id: deterministicId(cdr.tenant, cdr.id), ref: cdr, time: cdr.endedAt, value: cdr });
}

/** The event of the standing charge once more: late data changed nothing that is billed. Who has the charge already sees the same event id again. */
export function cdrConfirmed(cdr: Cdr, billedRevision: number): OutboxEvent {
  const issued = cdrIssued(cdr);
  return { ...issued, event: { ...issued.event, billedRevision } };
}

/** The event on `csms.internal.cdr-reviews.v1`: the CDR of this revision waits for an operator. */
export function cdrHeld({ tenant, station, id, transaction, revision, review }: Cdr): OutboxEvent {
  const ref = { tenant, station };
  return outboxEvent(CDR_REVIEWS.events.held, {
    id: deterministicId(tenant, id, 'held'),
    ref,
    time: review?.heldAt ?? new Date(0).toISOString(),
    value: { ...ref, cdr: id, transaction, revision, reasons: review?.reasons ?? [] },
  });
}

import { CDRS, CDR_REVIEWS, deterministicId, stationKey, type Cdr, type HeldCdr } from '@voltbus/contracts';
import type { OutboxEvent } from '@voltbus/database';

/** The event on `csms.cdrs.v1` of a charge or credit. The same CDR published again has the same `ce_id`. */
export function cdrIssued(cdr: Cdr): OutboxEvent {
  return {
    topic: CDRS,
    ref: { tenant: cdr.tenant, station: cdr.station },
    event: {
      id: deterministicId(cdr.tenant, cdr.id),
      type: cdr.kind === 'charge' ? 'voltbus.cdr.issued' : 'voltbus.cdr.credited',
      source: '/voltbus/cdr',
      time: cdr.endedAt,
      subject: stationKey(cdr),
      tenant: cdr.tenant,
    },
    value: cdr,
  };
}

/** The event of the standing charge once more: late data changed nothing that is billed. Who has the charge already sees the same event id again. */
export function cdrConfirmed(cdr: Cdr, billedRevision: number): OutboxEvent {
  const issued = cdrIssued(cdr);
  return { ...issued, event: { ...issued.event, billedRevision } };
}

/** The event on `csms.cdr-reviews.v1`: the CDR of this revision waits for an operator. */
export function cdrHeld({ tenant, station, id, transaction, revision, review }: Cdr): OutboxEvent {
  const ref = { tenant, station };
  const value: HeldCdr = { ...ref, cdr: id, transaction, revision, reasons: review?.reasons ?? [] };
  return {
    topic: CDR_REVIEWS,
    ref,
    event: {
      id: deterministicId(tenant, id, 'held'),
      type: 'voltbus.cdr.held',
      source: '/voltbus/cdr',
      time: review?.heldAt ?? new Date(0).toISOString(),
      subject: stationKey(ref),
      tenant,
    },
    value,
  };
}

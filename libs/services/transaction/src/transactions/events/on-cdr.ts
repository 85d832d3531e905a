import { CDRS, CDR_REVIEWS } from '@voltbus/contracts';
import { onBatch, type EventSubscription } from '@voltbus/service';
import type { TypeormTransactionViews } from '../store/typeorm-transaction-views';

/** A transaction with a charge is billed: it needs no reminder. */
export function onCdrIssued(views: TypeormTransactionViews): EventSubscription {
  return onBatch(CDRS.events.issued, (events) => {
    const charges = events.filter(({ data: { kind } }) => kind === 'charge');
    return views.markBilled(charges.map(({ data, cloudEvent }) => ({ ...data, revision: cloudEvent.billedRevision ?? data.revision })));
  });
}

/** A CDR that is held for review is not missing: it needs no reminder until an operator has decided. */
export function onCdrHeld(views: TypeormTransactionViews): EventSubscription {
  return onBatch(CDR_REVIEWS.events.held, (events) => views.markBilled(events.map(({ data }) => data)));
}

import { TRANSACTIONS, deterministicId, stationKey, type EndedTransaction, type Transaction } from '@voltbus/contracts';
import type { OutboxEvent } from '@voltbus/database';

type Happening = 'started' | 'updated' | 'ended';

/** Forms an event of `csms.transactions.v1`. `nth` distinguishes repeats of one kind of event about one transaction. */
function announcement(happening: Happening, nth: number, value: Transaction, time: string): OutboxEvent {
  return {
    topic: TRANSACTIONS,
    ref: { tenant: value.tenant, station: value.station },
    event: {
      id: deterministicId(value.tenant, value.id, happening, nth),
      type: `voltbus.transaction.${happening}`,
      source: '/voltbus/transaction',
      time,
      subject: stationKey(value),
      tenant: value.tenant,
    },
    value,
  };
}

export function startedEvent(view: Transaction): OutboxEvent {
  return announcement('started', 1, view, view.startedAt);
}

export function updatedEvent(view: Transaction, nth: number, at: Date): OutboxEvent {
  return announcement('updated', nth, view, at.toISOString());
}

export function endedEvent(account: EndedTransaction): OutboxEvent {
  return announcement('ended', account.revision, account, account.endedAt ?? account.startedAt);
}

/** The same end again because it is not billed. The mark lets a consumer that has billed it confirm that again. */
export function reminderEvent(account: EndedTransaction): OutboxEvent {
  return endedEvent({ ...account, reminder: true });
}

import { TRANSACTIONS, deterministicId, type EndedTransaction, type EventType, type Transaction } from '@voltbus/contracts';
import { outboxEvent, type OutboxEvent } from '@voltbus/database';

const { started, updated, ended } = TRANSACTIONS.events;

/** `nth` distinguishes repeats of one kind of event about one transaction. */
function transactionEvent<T extends Transaction>(
  type: EventType<T, string>,
  value: NoInfer<T>,
  { kind, nth, time }: { kind: keyof typeof TRANSACTIONS.events; nth: number; time: string },
): OutboxEvent {
  return outboxEvent(type, { id: deterministicId(value.tenant, value.id, kind, nth), ref: value, time, value });
}

export function startedEvent(view: Transaction): OutboxEvent {
  return transactionEvent(started, view, { kind: 'started', nth: 1, time: view.startedAt });
}

export function updatedEvent(view: Transaction, nth: number, at: Date): OutboxEvent {
  return transactionEvent(updated, view, { kind: 'updated', nth, time: at.toISOString() });
}

export function endedEvent(transaction: EndedTransaction): OutboxEvent {
  const { revision: nth, endedAt, startedAt } = transaction;
  return transactionEvent(ended, transaction, { kind: 'ended', nth, time: endedAt ?? startedAt });
}

/** The same end again because it is not billed. The mark lets a consumer that has billed it confirm that again. */
export function reminderEvent(transaction: EndedTransaction): OutboxEvent {
  return endedEvent({ ...transaction, reminder: true });
}

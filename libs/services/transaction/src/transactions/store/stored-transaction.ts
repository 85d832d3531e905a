import type { EndedTransaction, Protocol, Transaction } from '@voltbus/contracts';
import type { AuthorizationDecision } from '../../authorization';
import type { Limit } from '../../limits';
import type { ReadingScope } from '../../metering';
import { endAt, type TransactionState } from '../domain/transaction';

/** A transaction as it is kept. */
export interface StoredTransaction {
  state: TransactionState;
  view: Transaction;
  protocol: Protocol;
  /** As last published; null while it is active. */
  ended: EndedTransaction | null;
  /** The number of `updated` events published. */
  updates: number;
  startKey: string | null;
  startReceivedAt: Date | null;
  /** The data of its summary is removed, so that it changes no more. */
  sealed: boolean;
}

/** A message about a transaction, and its answer. */
export interface StoredEvent {
  reference: string;
  key: string;
  seqNo: number;
  type: string;
  at: Date;
  receivedAt: Date;
  chargingState: string | null;
  payload: unknown;
  answer: EventAnswer;
}

export interface EventAnswer {
  decision: AuthorizationDecision | null;
  /** 2.1: the limit that was sent; left out: none was. */
  limit?: Limit;
}

/** The readings of a transaction: those that name it, and those of its EVSE and time that name none. */
export function readingScope(state: TransactionState): ReadingScope {
  // an id that identifies no session, or also another one
  const namesOthers = Number(state.ocppTransactionId) <= 0 || state.flags.includes('id-reused');
  const named = namesOthers ? [] : [state.ocppTransactionId];
  return {
    tenant: state.tenant,
    station: state.station,
    references: [...new Set([state.reference, ...named])],
    evse: state.place?.evse ?? null,
    from: new Date(state.start.at),
    to: endedAt(state),
  };
}

export function endedAt(state: TransactionState): Date | null {
  return state.end === null ? null : new Date(endAt(state, state.end));
}

import { deterministicId, type Command, type CommandRequest } from '@voltbus/contracts';
import type { TransactionTelemetry } from '../telemetry';
import type { Transactions } from '../transactions';
import { staleAction } from './domain/staleness';
import type { StaleCandidate, TypeormStaleTransactions } from './store/typeorm-stale-transactions';

/** How often stale transactions are looked for. */
export const STALE_INTERVAL_MS = 60_000;
/** Queried, and ended, in one sweep at most. */
const MAX_STALE = 200;
/** Looked at in one sweep: those that wait for an answer are among them. */
const MAX_CANDIDATES = 2_000;
/** How far the lane must have been read: after an outage the message that is missing may be waiting in it. */
const LANE_MARGIN_MS = 30_000;
/** Behind everything an operator requests. */
const LAST_PRIORITY = 9;

interface StaleTransactionsParts {
  store: TypeormStaleTransactions;
  transactions: Pick<Transactions, 'endStale'>;
  telemetry: TransactionTelemetry;
  /** How long an open transaction may be without activity. */
  staleAfterMs: number;
  sendCommand(request: CommandRequest): Promise<void>;
  now(): Date;
}

/**
 * Queries and ends transactions without activity. A lost stop would bill nobody and, for a token that charges at one
 * place at a time, lock its driver out. A later message of the station is believed: it opens the transaction again, and
 * the station's own end replaces ours.
 */
export class StaleTransactions {
  constructor(private readonly parts: StaleTransactionsParts) {}

  /** `passed`: whether the lane was read up to an instant. Returns how many transactions were ended. */
  async sweep(passed: (instant: number) => Promise<boolean>): Promise<number> {
    const { store, staleAfterMs, now } = this.parts;
    const at = now();
    if (!(await passed(at.getTime() - LANE_MARGIN_MS))) return 0;
    const candidates = await store.candidates(staleAfterMs, at, MAX_CANDIDATES);
    const those = (action: 'query' | 'end'): StaleCandidate[] =>
      candidates.filter(({ transaction }) => staleAction(transaction, staleAfterMs, at.getTime()) === action).slice(0, MAX_STALE);
    for (const candidate of await store.markQueried(those('query'), at)) await this.query(candidate, at);
    const over = those('end');
    for (const candidate of over) await this.end(candidate);
    return over.length;
  }

  /**
   * A station has answered GetTransactionStatus: the transaction is ongoing, messages of it are on their way, or it is
   * over.
   */
  async onStatusAnswered({ tenant, station, status, payload, response }: Command): Promise<void> {
    const ocppTransactionId = payload['transactionId'];
    if (status !== 'answered' || typeof ocppTransactionId !== 'string') return; // the wait for the answer ends it
    const { ongoingIndicator, messagesInQueue } = response as { ongoingIndicator?: boolean; messagesInQueue?: boolean }; // schema-checked
    const ref = { tenant, station };
    const { store, now } = this.parts;
    if (ongoingIndicator === true || messagesInQueue === true) await store.markOngoing(ref, ocppTransactionId, now());
    else if (ongoingIndicator === false) await store.markOver(ref, ocppTransactionId);
  }

  private query({ tenant, station, id, ocppTransactionId }: StaleCandidate, at: Date): Promise<void> {
    return this.parts.sendCommand({
      id: deterministicId(tenant, 'transaction-status', id, at.toISOString()),
      tenant,
      station,
      action: 'GetTransactionStatus',
      payload: { transactionId: ocppTransactionId },
      priority: LAST_PRIORITY,
      requestedBy: 'transaction',
    });
  }

  private async end({ tenant, station, id, transaction }: StaleCandidate): Promise<void> {
    const ref = { tenant, station };
    const ended = await this.parts.transactions.endStale(ref, id, new Date(transaction.activeAt));
    if (ended) this.parts.telemetry.staleTransactionEnded(ref, id);
  }
}

import { deterministicId, type Command, type CommandRequest } from '@voltbus/contracts';
import type { TransactionTelemetry } from '../telemetry';
import type { StaleTransaction, TypeormStaleTransactions } from './store/typeorm-stale-transactions';
import type { Transactions } from '../transactions/transactions';

/** How often silent transactions are looked for. */
export const STALE_INTERVAL_MS = 60_000;
/** Asked about, and ended, in one sweep at most. */
export const MAX_STALE = 200;
/** How long a station has to say what became of a transaction (E14) before it is taken to be over. */
export const ASK_WAIT_MS = 10 * 60_000;
/** Quirk 14, 1.6 section 4.9: how long a connector may be free, and its session without a word, before it is doubted that there is one. */
export const RECONCILE_MS = 3 * 60_000;
/** How long a station that has connected again may take to tell what it kept (E11, E12), before it is asked. */
export const BACK_QUIET_MS = 15_000;
/** What the lane must have passed: after an outage the word that is missed may be waiting in it. */
const LANE_MARGIN_MS = 30_000;
/** Behind everything an operator wants. */
const LAST_PRIORITY = 9;

export interface StaleTransactionsParts {
  store: TypeormStaleTransactions;
  transactions: Pick<Transactions, 'endSilent'>;
  telemetry: TransactionTelemetry;
  /** How long nothing may be heard of an open transaction. */
  staleAfterMs: number;
  sendCommand(request: CommandRequest): Promise<void>;
  now(): Date;
}

/**
 * Ends transactions that nothing is heard of any more: a lost stop would bill nobody and, for a token that charges at one place at a time, lock its
 * driver out. Those are doubted that are silent for long, or that nothing is heard of since their connector is free. A 2.x station is asked first (E14), and also when it has
 * connected again and says nothing of them. What it says later is believed: a word that the session goes on opens it again, its own end counts.
 */
export class StaleTransactions {
  constructor(private readonly parts: StaleTransactionsParts) {}

  /** `heard`: whether the lane was read up to an instant. Returns how many were ended. */
  async sweep(heard: (instant: number) => Promise<boolean>): Promise<number> {
    const { store, staleAfterMs, now } = this.parts;
    const at = now();
    if (!(await heard(at.getTime() - LANE_MARGIN_MS))) return 0;
    const ago = (ms: number): Date => new Date(at.getTime() - ms);
    const doubts = { silentSince: ago(staleAfterMs), freeSince: ago(RECONCILE_MS) };
    for (const silent of await store.takeToQuery({ ...doubts, backSince: ago(BACK_QUIET_MS) }, at, MAX_STALE))
      await this.sendCommand(silent, at);
    const over = await store.toEnd(doubts, ago(ASK_WAIT_MS), MAX_STALE);
    for (const silent of over) await this.end(silent);
    return over.length;
  }

  /** How a station answered GetTransactionStatus: it goes on, its messages are on their way, or it is over. */
  async onStatusAnswered({ tenant, station, status, payload, response }: Command): Promise<void> {
    const ocppTransactionId = payload['transactionId'];
    if (status !== 'answered' || typeof ocppTransactionId !== 'string') return; // the wait ends it
    const { ongoingIndicator, messagesInQueue } = response as { ongoingIndicator?: boolean; messagesInQueue?: boolean }; // schema-checked
    const ref = { tenant, station };
    const { store, now } = this.parts;
    if (ongoingIndicator === true || messagesInQueue === true) await store.markOngoing(ref, ocppTransactionId, now());
    else if (ongoingIndicator === false) await store.markOver(ref, ocppTransactionId);
  }

  private sendCommand({ tenant, station, id, ocppTransactionId }: StaleTransaction, at: Date): Promise<void> {
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

  private async end({ tenant, station, id, heardAt }: StaleTransaction): Promise<void> {
    const ref = { tenant, station };
    if (await this.parts.transactions.endSilent(ref, id, heardAt)) this.parts.telemetry.staleTransactionEnded(ref, id);
  }
}

import { isDeepStrictEqual } from 'node:util';
import { CsmsError, invalidAt, type Transaction } from '@voltbus/contracts';
import type { TransactionState } from './domain/transaction';
import type { TransactionTelemetry } from '../telemetry';
import type { TransactionRecorder } from './transaction-recorder';
import type { TransactionUnit } from './store/typeorm-transaction-unit';
import type { StoredTransaction } from './store/stored-transaction';
import type { TypeormOperatorActions } from './store/typeorm-operator-actions';
import type { TypeormTransactionViews } from './store/typeorm-transaction-views';
import type { TypeormTransactions } from './store/typeorm-transactions';
import { correctByHand, endByHand } from './domain/operator-action';
import type { Actor, RequestedCorrection, RequestedEnd } from './domain/operator-change';

interface OperatorActionsParts {
  store: TypeormTransactions;
  views: TypeormTransactionViews;
  actions: TypeormOperatorActions;
  recorder: TransactionRecorder;
  telemetry: TransactionTelemetry;
  wakeRelay(): void;
  now(): Date;
}

/** The most actions on one transaction; more would have another cause. */
export const MAX_ACTIONS = 100;
/** No station of ours charged before; the bound also rejects years that the database cannot store. */
const EARLIEST = Date.parse('2000-01-01T00:00:00Z');

type RequestedAction = { action: 'end'; asked: RequestedEnd } | { action: 'correct'; asked: RequestedCorrection };

/**
 * Ends and corrects transactions on behalf of operators, and stores who acted and why. A repeat of the last action
 * changes nothing.
 */
export class OperatorActions {
  constructor(private readonly parts: OperatorActionsParts) {}

  /** Ends a session that its station never stopped. Throws `conflict` when it has ended. */
  end(tenant: string, id: string, asked: RequestedEnd, who: Omit<Actor, 'at'>): Promise<Transaction> {
    return this.act({ tenant, id }, { action: 'end', asked }, who, (state, actor) => {
      if (state.end !== null) throw new CsmsError('conflict', 'the transaction has ended: correct it instead');
      this.mustBeTime('/endedAt', asked.endedAt);
      mustFollow(state.start.at, asked.endedAt, '/endedAt');
      if (asked.meterStopWh !== null && asked.meterStopWh < (state.statedStartWh ?? 0))
        throw invalidAt('/meterStopWh', `is below the register at the start, ${state.statedStartWh}`);
      return endByHand(state, asked, actor);
    });
  }

  /** Corrects the energy or the times of a session that has ended. Throws `conflict` while it is active. */
  correct(tenant: string, id: string, asked: RequestedCorrection, who: Omit<Actor, 'at'>): Promise<Transaction> {
    return this.act({ tenant, id }, { action: 'correct', asked }, who, (state, actor) => {
      if (state.end === null) throw new CsmsError('conflict', 'the transaction is active: end it first');
      const { startedAt = state.start.at, endedAt = state.end.at } = asked;
      if (asked.startedAt !== undefined) this.mustBeTime('/startedAt', startedAt);
      if (asked.endedAt !== undefined) this.mustBeTime('/endedAt', endedAt);
      // times that are wrong already do not stand in the way of the energy
      if (asked.endedAt !== undefined) mustFollow(startedAt, endedAt, '/endedAt');
      else if (asked.startedAt !== undefined) mustFollow(startedAt, endedAt, '/startedAt');
      return correctByHand(state, asked, actor);
    });
  }

  private async act(
    { tenant, id }: { tenant: string; id: string },
    requested: RequestedAction,
    who: Omit<Actor, 'at'>,
    change: (state: TransactionState, actor: Actor) => TransactionState,
  ): Promise<Transaction> {
    const seen = await this.parts.views.find(tenant, id);
    if (seen === null) throw new CsmsError('not-found', 'no such transaction');
    const { station } = seen;
    const view = await this.parts.store.inStation({ tenant, station }, async (unit) => {
      const stored = await unit.load(id);
      if (stored === null) throw new CsmsError('not-found', 'no such transaction');
      if (isRepeat(stored.state, requested)) return stored.view;
      return this.apply(unit, stored, { ...requested, ...who, at: this.nextInstant(stored.state) }, change);
    });
    this.parts.wakeRelay();
    return view;
  }

  private async apply(
    unit: TransactionUnit,
    stored: StoredTransaction,
    action: RequestedAction & Actor,
    change: (state: TransactionState, actor: Actor) => TransactionState,
  ): Promise<Transaction> {
    const { by, at, reason } = action;
    const { actions, recorder, telemetry } = this.parts;
    const state = change(stored.state, { by, at, reason });
    const earlier = await actions.count(unit.manager, unit.ref.tenant, state.id);
    if (earlier >= MAX_ACTIONS) throw new CsmsError('conflict', `the transaction was changed by hand ${MAX_ACTIONS} times already`);
    await recorder.save(unit, stored, state, state.end?.at ?? state.start.at);
    const after = (await unit.load(state.id))?.view ?? stored.view;
    await actions.add(unit.manager, unit.ref.tenant, state.id, earlier + 1, { ...action, before: stored.view, after });
    telemetry.changedByOperator(unit.ref, { transaction: state.id, action: action.action, by });
    return after;
  }

  /** Two actions on one transaction never have the same instant: it distinguishes them. */
  private nextInstant({ byHand }: TransactionState): string {
    const last = byHand === undefined ? 0 : Date.parse(byHand.at);
    return new Date(Math.max(this.parts.now().getTime(), last + 1)).toISOString();
  }

  private mustBeTime(path: string, at: number): void {
    if (!(at >= EARLIEST)) throw invalidAt(path, 'is before 2000, or no time');
    if (at > this.parts.now().getTime()) throw invalidAt(path, 'is in the future');
  }
}

function mustFollow(startedAt: number, endedAt: number, path: string): void {
  if (endedAt < startedAt) throw invalidAt(path, 'the end would be before the start');
}

function isRepeat({ byHand }: TransactionState, { action, asked }: RequestedAction): boolean {
  return byHand?.action === action && isDeepStrictEqual(byHand.asked, asked);
}

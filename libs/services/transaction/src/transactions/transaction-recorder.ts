import { isDeepStrictEqual } from 'node:util';
import type { Flag, Protocol } from '@voltbus/contracts';
import type { OutboxEvent } from '@voltbus/database';
import type { TypeormUnhandledMessages } from '@voltbus/service';
import { endedEvent, startedEvent, updatedEvent } from './published-events';
import { summarize } from './domain/transaction-summary';
import type { Reading, TypeormReadings } from '../metering';
import { apply, endDiffers, isFinal, withFlags, type Report, type TransactionIdentity, type TransactionState } from './domain/transaction';
import { endReasonClass } from './domain/end-reason';
import { seenFrom, viewOf } from './domain/transaction-view';
import type { TransactionTelemetry } from '../telemetry';
import type { TransactionAuthorization } from './transaction-authorization';
import type { TransactionLimits } from './transaction-limits';
import type { TransactionReservations } from './transaction-reservations';
import type { TransactionAnswer, TransactionMessage } from './transaction-message';
import type { TransactionUnit } from './store/typeorm-transaction-unit';
import type { EventAnswer, StoredTransaction } from './store/stored-transaction';

interface TransactionRecorderParts {
  authorization: TransactionAuthorization;
  limits: TransactionLimits;
  reservations: TransactionReservations;
  readings: Pick<TypeormReadings, 'write'>;
  unhandledMessages: Pick<TypeormUnhandledMessages, 'write'>;
  telemetry: TransactionTelemetry;
}

/** Stands for the stored transaction before its first report. */
type NewTransaction = Omit<StoredTransaction, 'state' | 'view'> & { state: null; view: null };

function newTransaction({ protocol, receivedAt }: TransactionMessage, startKey: string | undefined): NewTransaction {
  return {
    state: null,
    view: null,
    protocol,
    ended: null,
    updates: 0,
    startKey: startKey ?? null,
    startReceivedAt: startKey === undefined ? null : receivedAt,
    sealed: false,
  };
}

/**
 * Records a message in its transaction: load, authorize, apply, save, publish, in the database transaction of its
 * station.
 */
export class TransactionRecorder {
  constructor(private readonly parts: TransactionRecorderParts) {}

  /**
   * A report is authorized, stored with its answer and applied; the same one again gets the same answer. `prior` is a
   * report that is applied before it.
   */
  async record(
    unit: TransactionUnit,
    message: TransactionMessage,
    identity: TransactionIdentity,
    more: { startKey?: string; prior?: Report } = {},
  ): Promise<TransactionAnswer> {
    const { reference, ocppTransactionId } = identity;
    const before = await unit.answered(reference, message.key);
    if (before !== null) {
      this.parts.telemetry.repeated(message.ref, identity.id);
      return { ocppTransactionId, ...before };
    }
    const known = await unit.load(identity.id);
    const stored = known ?? newTransaction(message, more.startKey);
    if (stored.sealed) return this.setAside(unit, message, identity, { before: stored.state, why: 'sealed' });
    if (message.report.kind === 'ended' && known !== null && isFinal(known.state)) return this.endAgain(unit, message, known);
    if (stored.view === null && (await unit.full(message.report.time.at)))
      return this.setAside(unit, message, identity, { before: null, why: 'too-many' });
    const decision = await this.parts.authorization.authorize(unit, message, { id: identity.id, before: stored.state });
    const flags = decision?.flag ? [...message.report.flags, decision.flag] : message.report.flags;
    const judged = {
      tokenGroup: await this.parts.authorization.groupWhenPresented(unit, message, decision),
      refused: decision !== null && decision.status !== 'Accepted',
    };
    const report = { ...message.report, flags, ...judged };
    const earlier = more.prior === undefined ? stored.state : apply(stored.state, identity, { ...more.prior, ...judged });
    const state = await this.parts.reservations.follow(unit, message, {
      before: stored.state,
      state: apply(earlier, identity, report),
      decision,
    });
    const own = state.end === null ? (decision?.limit ?? null) : null;
    const limit = await this.parts.limits.limitToSend(unit, message, {
      id: identity.id,
      reference,
      own,
      begins: (stored.state?.token ?? null) === null,
    });
    const answer = { decision, ...(limit === null ? {} : { limit }) };
    await this.recordEvent(unit, message, { reference, evse: state.place?.evse ?? null, answer });
    await this.save(unit, stored, state, report.time.at);
    return { ocppTransactionId, ...answer };
  }

  /**
   * The first end counts. The message and readings of another end are stored apart and change no summary. One that
   * differs only in time or number is a repeat.
   */
  private async endAgain(unit: TransactionUnit, message: TransactionMessage, known: StoredTransaction): Promise<TransactionAnswer> {
    const { reference, ocppTransactionId, id } = known.state;
    const apart = `${reference}|again`;
    const before = await unit.answered(apart, message.key);
    if (before !== null) return { ocppTransactionId, decision: before.decision };
    if (known.sealed) return this.setAside(unit, message, known.state, { before: known.state, why: 'sealed' });
    const decision = await this.parts.authorization.authorize(unit, message, { id, before: known.state });
    await this.recordEvent(unit, message, { reference: apart, evse: known.state.place?.evse ?? null, answer: { decision } });
    if (!endDiffers(known.state, message.report)) {
      this.parts.telemetry.repeated(message.ref, id);
      return { ocppTransactionId, decision };
    }
    this.parts.telemetry.secondStop(message.ref, id);
    await this.flag(unit, known, 'second-stop', message.report.time.at);
    return { ocppTransactionId, decision };
  }

  /**
   * Answers a message about a sealed transaction, or about one more than a station may begin, and keeps it with the
   * unhandled messages.
   */
  private async setAside(
    unit: TransactionUnit,
    message: TransactionMessage,
    { id, ocppTransactionId }: TransactionIdentity,
    { before, why }: { before: TransactionState | null; why: 'sealed' | 'too-many' },
  ): Promise<TransactionAnswer> {
    const { protocol, key, receivedAt, payload, report, ref } = message;
    const decision = await this.parts.authorization.authorize(unit, message, { id, before });
    const unhandled = { protocol, action: actionOf(protocol, report.kind), key, receivedAt, payload };
    await this.parts.unhandledMessages.write(unit.manager, unit.ref, unhandled);
    this.parts.telemetry.keptUnhandled(ref, id, why);
    return { ocppTransactionId, decision, totalCost: null };
  }

  /** A start that was sent before with another time gets the same answer; its transaction is flagged. */
  async recordRepeatedStart(unit: TransactionUnit, message: TransactionMessage, known: StoredTransaction): Promise<TransactionAnswer> {
    const { reference, ocppTransactionId, id } = known.state;
    const answer = (await unit.answered(reference, message.key)) ?? { decision: null };
    await this.recordEvent(
      unit,
      { ...message, key: `again|${message.report.time.at}` },
      { reference: `${reference}|again`, evse: null, answer },
    );
    this.parts.telemetry.repeated(message.ref, id);
    await this.flag(unit, known, 'repeated-start', message.report.time.at);
    return { ocppTransactionId, ...answer };
  }

  private flag(unit: TransactionUnit, known: StoredTransaction, flag: Flag, at: number): Promise<void> {
    return this.save(unit, known, { ...known.state, flags: withFlags(known.state.flags, [flag]) }, at);
  }

  private async recordEvent(
    unit: TransactionUnit,
    message: TransactionMessage,
    where: { reference: string; evse: number | null; answer: EventAnswer },
  ): Promise<void> {
    const { report, key, receivedAt, chargingState, payload } = message;
    const { reference, answer } = where;
    const at = new Date(report.time.at);
    await unit.record({
      reference,
      key,
      seqNo: report.seqNo,
      type: report.kind,
      at,
      receivedAt,
      chargingState,
      payload,
      answer,
    });
    // 2.x names the EVSE in some event of the transaction only: without it, parts of one instant are one reading in any order
    const evseOf = ({ evse }: Reading) => (message.protocol === 'ocpp1.6' ? (evse ?? where.evse) : null);
    await this.parts.readings.write(
      unit.manager,
      message.readings.map((reading) => ({ ...reading, ref: message.ref, transaction: reference, evse: evseOf(reading) })),
    );
  }

  /** Saves the new state, and publishes the changes that are visible outside. */
  async save(unit: TransactionUnit, before: StoredTransaction | NewTransaction, state: TransactionState, at: number): Promise<void> {
    const summary = state.end === null ? null : summarize(state, await unit.meterHistory(state), before.ended);
    const view = summary === null ? viewOf(state, null) : seenFrom(summary);
    const events: OutboxEvent[] = [];
    if (before.view === null) events.push(startedEvent(viewOf({ ...state, end: null }, null)));
    const endedAnew = summary !== null && summary.revision > (before.ended?.revision ?? 0);
    const changed = before.view !== null && !endedAnew && JSON.stringify(seenFrom(before.view)) !== JSON.stringify(view);
    if (endedAnew) events.push(endedEvent(summary));
    if (changed) events.push(updatedEvent(view, before.updates + 1, new Date(at)));
    if (events.length === 0 && isDeepStrictEqual(state, before.state)) return unit.saveActivity(state.id, at);
    const updates = before.updates + (changed ? 1 : 0);
    await unit.save({ ...before, state, view, ended: endedAnew ? summary : before.ended, updates }, at);
    await unit.publish(events);
    for (const { event } of events) this.parts.telemetry.transactionPublished(event.type, unit.ref, state.id);
    if (endedAnew && before.ended === null) this.parts.telemetry.transactionEnded(endReasonClass(summary.stopReason));
  }
}

function actionOf(protocol: Protocol, kind: Report['kind']): string {
  if (protocol !== 'ocpp1.6') return 'TransactionEvent';
  return kind === 'ended' ? 'StopTransaction' : 'StartTransaction';
}

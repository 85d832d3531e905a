import type { EndedTransaction, Protocol, StationRef, Transaction } from '@voltbus/contracts';
import { withoutSecrets } from '@voltbus/ocpp';
import { type Outbox, type OutboxEvent, prepared, type Statement } from '@voltbus/database';
import type { EntityManager } from 'typeorm';
import type { OperatorAction, TypeormOperatorActions } from './typeorm-operator-actions';
import type { TypeormCapabilities } from '../../capabilities';
import { groupAt, tokenIdentity, type TokenKnowledge, type TypeormTokens } from '../../authorization';
import type { MeterHistory } from '../domain/transaction-summary';
import type { Limit, LimitKind, TypeormLimits } from '../../limits';
import { meterHistoryOf } from './typeorm-meter-history';
import type { StationReading, TypeormConnectorStates, TypeormReadings } from '../../metering';
import type { TransactionState } from '../domain/transaction';
import { isNamed, lastActivity, lastRead, type LastActivity, type LastRead } from './typeorm-last-activity';
import { chargesElsewhere } from './typeorm-token-use';
import { endedAt, readingScope, type EventAnswer, type StoredEvent, type StoredTransaction } from './stored-transaction';
import * as statements from './typeorm-transaction-statements';
import type { TypeormUnhandledMessages, UnhandledMessage } from '@voltbus/service';
import type { Followed, TypeormRemoteStarts } from '../../remote-control';
import type { TypeormActivity } from './typeorm-activity';

export interface TransactionStores {
  outbox: Outbox;
  readings: TypeormReadings;
  tokens: Pick<TypeormTokens, 'knowledge'>;
  starts: Pick<TypeormRemoteStarts, 'follow'>;
  activity: TypeormActivity;
  limits: TypeormLimits;
  capabilities: TypeormCapabilities;
  unhandledMessages: TypeormUnhandledMessages;
  operatorActions: TypeormOperatorActions;
  connectorStates: TypeormConnectorStates;
}

/** Reads and writes of one station within its database transaction. */
export class TransactionUnit {
  /** As loaded, until saved: finding a transaction and recording a report in it both load it. */
  private readonly loaded = new Map<string, Promise<StoredTransaction | null>>();

  constructor(
    private readonly manager: EntityManager,
    readonly ref: StationRef,
    private readonly stores: TransactionStores,
  ) {}

  /** The answer that the same message was given before; null: the message is new. */
  async answered(reference: string, key: string): Promise<EventAnswer | null> {
    const [row] = await prepared<{ answer: EventAnswer }>(this.manager, statements.ANSWER, [...this.station, reference, key]);
    return row?.answer ?? null;
  }

  knowledge(idToken: string, now: Date): Promise<TokenKnowledge> {
    return this.stores.tokens.knowledge(this.ref, idToken, now, this.manager);
  }

  /** The group a token was in at that instant; null: the token is unknown. */
  groupAt(idToken: string, at: number): Promise<{ group: string | null } | null> {
    return groupAt(this.manager, this.ref.tenant, idToken, new Date(at));
  }

  /**
   * The last activity by the station's clock; null when there was activity since `lastActiveAt`. `before`: an instant
   * by which the transaction was over.
   */
  lastActivity(id: string, bounds: { before?: number | null; lastActiveAt?: Date }): Promise<LastActivity | null> {
    return lastActivity(this.manager, { tenant: this.ref.tenant, id }, bounds);
  }

  /** Whether the station has used the transaction's id since the start. */
  isNamed({ reference }: TransactionState): Promise<boolean> {
    return isNamed(this.manager, this.station, reference);
  }

  /** The last register read in an open transaction. */
  lastRead(state: TransactionState): Promise<LastRead | null> {
    return lastRead(this.manager, readingScope(state));
  }

  /** Marks the older of the open transactions at its EVSE as suspected to be over. */
  suspectOlder({ reference }: Pick<TransactionState, 'reference'>): Promise<void> {
    return this.stores.activity.suspectOlder([{ ref: this.ref, reference }], new Date(), this.manager);
  }

  chargesElsewhere(which: { idToken: string; evse: number | null; transaction: string }): Promise<boolean> {
    return chargesElsewhere(this.manager, this.ref, which);
  }

  /** The limit of the remote start that the session follows; null: it has none. */
  follow(transaction: string, followed: Followed): Promise<Limit | null> {
    return this.stores.starts.follow(this.manager, this.ref, transaction, followed);
  }

  /**
   * Keeps the tighter of this limit and the known one, and returns the known one. `sentToStation`: the limit is sent to
   * the station, which ends the transaction itself.
   */
  limit(transaction: string, limit: Limit, sentToStation: boolean): Promise<Limit | null> {
    return this.stores.limits.set(this.manager, this.ref.tenant, transaction, limit, sentToStation);
  }

  /** The kinds of limits that its station supports; null: not known. */
  supportedLimits(): Promise<readonly LimitKind[] | null> {
    return this.stores.capabilities.limits(this.manager, this.ref);
  }

  stationLimit(reference: string): Promise<Limit | null> {
    return this.stores.limits.stationLimit(this.manager, this.ref, reference);
  }

  load(id: string): Promise<StoredTransaction | null> {
    const known = this.loaded.get(id);
    if (known !== undefined) return known;
    const stored = this.select(statements.LOAD, [this.ref.tenant, id]).then(([row]) => row ?? null);
    this.loaded.set(id, stored);
    return stored;
  }

  /** The latest session of that OCPP id that had begun by then; null when there is none. */
  async latestOf(ocppTransactionId: string, begunBy: number): Promise<StoredTransaction | null> {
    return (await this.select(statements.SHARING, [...this.station, ocppTransactionId, new Date(begunBy)]))[0] ?? null;
  }

  openAt(evse: number): Promise<StoredTransaction[]> {
    return this.select(statements.OPEN, [...this.station, evse]);
  }

  /** The open ones beyond the number a station may have, the most recently active first. */
  openBeyond(): Promise<StoredTransaction[]> {
    return this.select(statements.OPEN_BEYOND, this.station);
  }

  /** Whether the station has begun as many sessions around that time as it may. */
  async full(at: number): Promise<boolean> {
    return (await prepared(this.manager, statements.FULL, [...this.station, new Date(at)])).length > 0;
  }

  /** Stores a message unchanged in unhandled messages; no transaction changes. */
  keepUnhandled(notice: UnhandledMessage): Promise<void> {
    return this.stores.unhandledMessages.write(this.manager, this.ref, notice);
  }

  openHere(): Promise<StoredTransaction[]> {
    return this.select(statements.OPEN_AT_STATION, this.station);
  }

  /** The transaction that an unnamed stop was taken to end; null when the stop is new, or ended none. */
  async matchedTo(key: string): Promise<StoredTransaction | null> {
    const [row] = await prepared<{ transaction: string }>(this.manager, statements.MATCHED, [...this.station, key]);
    return row === undefined ? null : this.load(row.transaction);
  }

  async match(key: string, transaction: string): Promise<void> {
    await prepared(this.manager, statements.MATCH, [...this.station, key, transaction]);
  }

  /** As `match`, for a key that may belong to one transaction after another. */
  async rematch(key: string, transaction: string): Promise<void> {
    await prepared(this.manager, statements.REMATCH, [...this.station, key, transaction]);
  }

  /** The one whose start was received at that instant, else the latest. */
  async startedAs(startKey: string, receivedAt: Date): Promise<StoredTransaction | null> {
    return (await this.select(statements.STARTED_AS, [...this.station, startKey, receivedAt]))[0] ?? null;
  }

  async record({ reference, key, seqNo, type, at, receivedAt, chargingState, payload, answer }: StoredEvent): Promise<void> {
    const values = [
      ...this.station,
      reference,
      key,
      seqNo,
      type,
      at,
      receivedAt,
      chargingState,
      JSON.stringify(withoutSecrets(payload, { keyCodes: false })), // tokens are stored as they are
      JSON.stringify(answer),
    ];
    await prepared(this.manager, statements.RECORD, values);
  }

  writeReadings(readings: readonly StationReading[]): Promise<void> {
    return this.stores.readings.write(this.manager, readings);
  }

  /** The stored meter history of a transaction. */
  meterHistory(state: TransactionState): Promise<MeterHistory> {
    return meterHistoryOf(this.manager, this.stores, state, readingScope(state));
  }

  /** `at`: the station's time of the message that caused the change. */
  async save({ state, view, protocol, ended, updates, startKey, startReceivedAt }: StoredTransaction, at: number): Promise<void> {
    const token = state.token === null ? null : tokenIdentity(state.token.idToken);
    this.loaded.delete(state.id);
    await prepared(this.manager, statements.SAVE, [
      state.tenant,
      state.id,
      state.station,
      state.reference,
      protocol,
      state.place?.evse ?? null,
      token,
      new Date(state.start.at),
      endedAt(state),
      startKey,
      startReceivedAt,
      JSON.stringify(state),
      JSON.stringify(view),
      ended === null ? null : JSON.stringify(ended),
      ended?.revision ?? 0,
      updates,
      new Date(),
      new Date(at),
    ]);
  }

  countActions(transaction: string): Promise<number> {
    return this.stores.operatorActions.count(this.manager, this.ref.tenant, transaction);
  }

  addAction(transaction: string, nth: number, action: OperatorAction): Promise<void> {
    return this.stores.operatorActions.add(this.manager, this.ref.tenant, transaction, nth, action);
  }

  async publish(events: OutboxEvent[]): Promise<void> {
    if (events.length > 0) await this.stores.outbox.add(this.manager, events);
  }

  private get station(): [string, string] {
    return [this.ref.tenant, this.ref.station];
  }

  private async select(statement: Statement, values: unknown[]): Promise<StoredTransaction[]> {
    return (await prepared<TransactionRow>(this.manager, statement, values)).map(toStored);
  }
}

interface TransactionRow {
  state: TransactionState;
  view: Transaction;
  protocol: Protocol;
  ended: EndedTransaction | null;
  updates: number;
  start_key: string | null;
  start_received_at: Date | null;
  sealed: boolean;
}

function toStored({ start_key, start_received_at, ...row }: TransactionRow): StoredTransaction {
  return { ...row, startKey: start_key, startReceivedAt: start_received_at };
}

import type { EndedTransaction, Protocol, StationRef, Transaction } from '@voltbus/contracts';
import { withoutSecrets } from '@voltbus/ocpp';
import { type Outbox, prepared, type Statement } from '@voltbus/database';
import type { EntityManager } from 'typeorm';
import { tokenIdentity } from '../../authorization';
import type { TypeormConnectorStates, TypeormReadings } from '../../metering';
import type { TransactionState } from '../domain/transaction';
import type { MeterHistory } from '../domain/transaction-summary';
import { endedAt, readingScope, type EventAnswer, type StoredEvent, type StoredTransaction } from './stored-transaction';
import { meterHistoryOf } from './typeorm-meter-history';
import { StationUnit } from './typeorm-station-unit';
import * as statements from './typeorm-transaction-statements';

export interface TransactionStores {
  outbox: Outbox;
  readings: TypeormReadings;
  connectorStates: TypeormConnectorStates;
}

/** Reads and writes the transactions of one station within its database transaction. */
export class TransactionUnit extends StationUnit {
  /** As loaded, until saved: finding a transaction and recording a report in it both load it. */
  private readonly loaded = new Map<string, Promise<StoredTransaction | null>>();

  constructor(
    manager: EntityManager,
    ref: StationRef,
    private readonly stores: TransactionStores,
  ) {
    super(manager, ref, stores.outbox);
  }

  /** The answer that the same message was given before; null: the message is new. */
  async answered(reference: string, key: string): Promise<EventAnswer | null> {
    const [row] = await prepared<{ answer: EventAnswer }>(this.manager, statements.ANSWER, [...this.station, reference, key]);
    return row?.answer ?? null;
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

  /** As `save`, of a transaction that is stored with the same state, view and end. */
  async saveActivity(id: string, at: number): Promise<void> {
    await prepared(this.manager, statements.SAVE_ACTIVITY, [this.ref.tenant, id, new Date(), new Date(at)]);
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

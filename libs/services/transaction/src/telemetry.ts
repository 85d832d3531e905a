import { PLUG_AND_CHARGE_VENDOR, type Reservation, type StationRef } from '@voltbus/contracts';
import { defineBlock } from '@voltbus/service';
import type { Logger, Metrics } from '@voltbus/telemetry';
import type { EndReasonClass } from './transactions/domain/end-reason';

/** Writes log and metrics, one function per thing that happened. Tokens are never logged (C04.FR.04). */
export class TransactionTelemetry {
  private readonly published;
  private readonly ended;
  private readonly anomalies;
  private readonly readings;
  private readonly reminders;
  private readonly localLists;
  private readonly externalAuthorizer;
  private readonly payments;
  private readonly ocsp;
  private readonly contractPool;
  private readonly contracts;
  private readonly transfers;
  private readonly byHand;
  private readonly reservations;

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.published = metrics.counter('transaction_events_total', 'Transaction events published', ['kind']);
    this.ended = metrics.counter('transactions_ended_total', 'Transactions that ended, by the class of their reason', ['reason']);
    this.anomalies = metrics.counter('transaction_anomalies_total', 'Unusual events in transactions, and in messages about them', ['kind']);
    this.readings = metrics.counter('readings_stored_total', 'Wide rows of readings stored');
    this.externalAuthorizer = metrics.counter(
      'authorization_questions_total',
      'Tokens that the external authorizer was asked about, by outcome',
      ['outcome'],
    );
    this.ocsp = metrics.counter('ocsp_questions_total', 'Certificates whose revocation was to be checked, by outcome', ['outcome']);
    this.contractPool = metrics.counter('contract_pool_requests_total', 'Cars that asked for a contract certificate', ['outcome']);
    this.contracts = metrics.counter('contract_certificates_total', 'Contract certificates judged', ['finding']);
    this.transfers = metrics.counter('data_transfer_total', "Stations' DataTransfer messages, by outcome", ['vendor', 'outcome']);
    this.byHand = metrics.counter('operator_actions_total', 'Transactions that operators ended or corrected by hand', ['action']);
    this.reservations = metrics.counter('reservations_total', 'Reservations that reached a state', ['state']);
    this.payments = metrics.counter('payments_settled_total', 'Payments that stations reported', ['status']);
    this.reminders = metrics.counter('transaction_reminders_total', 'Ends of transactions published again because no CDR was seen');
    this.reminders.add(0); // an increase is seen from the first one on
    this.localLists = metrics.counter('local_list_answers_total', 'Answers of stations about their local lists', ['kind', 'outcome']);
  }

  transactionPublished(kind: string, ref: StationRef, transaction: string): void {
    this.published.add(1, { kind });
    this.logger.debug({ ...ref, transaction, kind }, 'transaction event published');
  }

  /** For the first time: a correction of its end is not counted again. */
  transactionEnded(reason: EndReasonClass): void {
    this.ended.add(1, { reason });
  }

  reservationChanged({ tenant, station, id, state, answer }: Reservation): void {
    this.reservations.add(1, { state });
    this.logger.info({ tenant, station, reservation: id, state, answer }, 'reservation changed');
  }

  /** The station named a reservation that is another's. */
  foreignReservation(ref: StationRef, transaction: string): void {
    this.anomalies.add(1, { kind: 'foreign-reservation' });
    this.logger.warn({ ...ref, transaction }, 'session that names a reservation of somebody else: it has none');
  }

  /** The reason is kept with the action. */
  changedByOperator(ref: StationRef, { transaction, action, by }: { transaction: string; action: 'end' | 'correct'; by: string }): void {
    this.byHand.add(1, { action });
    this.logger.info({ ...ref, transaction, action, by }, 'transaction changed by an operator');
  }

  /** A stop for a transaction this station does not have: a lost start, or someone trying another station's id (O3). */
  orphanStop(ref: StationRef, ocppTransactionId: string): void {
    this.anomalies.add(1, { kind: 'orphan-stop' });
    this.logger.warn({ ...ref, ocppTransactionId }, 'stop of a transaction this station does not have: kept as an orphan');
  }

  matchedStop(ref: StationRef, transaction: string): void {
    this.anomalies.add(1, { kind: 'matched-stop' });
    this.logger.warn({ ...ref, transaction }, 'stop that names no transaction: taken for the end of the only one it can mean');
  }

  implicitEnd(ref: StationRef, transaction: string): void {
    this.anomalies.add(1, { kind: 'implicit-end' });
    this.logger.warn({ ...ref, transaction }, 'a new start on its connector ended a transaction that was never stopped');
  }

  externalAuthorizerAnswered(outcome: 'answered' | 'unknown' | 'failed' | 'not-asked'): void {
    this.externalAuthorizer.add(1, { outcome });
  }

  externalAuthorizerFailed({ tenant, station }: StationRef, err: unknown): void {
    this.logger.warn({ tenant, station, err }, 'the external authorizer gave no usable answer');
  }

  ocspAnswered(outcome: 'answered' | 'kept' | 'failed' | 'not-asked'): void {
    this.ocsp.add(1, { outcome });
  }

  ocspFailed(responder: string, err: unknown): void {
    this.logger.warn({ responder, err }, 'an OCSP responder gave no trustworthy answer');
  }

  contractCertificateJudged(finding: string): void {
    this.contracts.add(1, { finding });
  }

  /** Nothing of the certificate is logged: it names a driver. */
  contractCertificateUnreadable(err: unknown): void {
    this.logger.warn({ err }, 'a contract certificate could not be read');
  }

  contractPoolAsked(outcome: string): void {
    this.contractPool.add(1, { outcome });
  }

  contractPoolFailed(err: unknown): void {
    this.logger.warn({ err }, 'the contract pool gave no usable answer: the car gets no certificate');
  }

  plugAndCharge(outcome: string): void {
    this.transfers.add(1, { vendor: PLUG_AND_CHARGE_VENDOR, outcome });
  }

  plugAndChargeUnreadable({ tenant, station }: StationRef, why: string): void {
    this.logger.warn({ tenant, station, why }, 'a message of Plug & Charge in DataTransfer could not be read: answered Rejected');
  }

  costUnknown(ref: StationRef, transaction: string, err: unknown): void {
    this.anomalies.add(1, { kind: 'cost-unknown' });
    this.logger.warn({ ...ref, transaction, err }, 'the cost of a session is not known: the station was not sent it');
  }

  /** C22: a payment that failed is for an operator to look after. */
  paymentSettled(ref: StationRef, pspRef: string, status: string): void {
    this.payments.add(1, { status });
    this.logger[status === 'Settled' ? 'debug' : 'warn']({ ...ref, pspRef, status }, 'a station reported a payment');
  }

  vatRegisterFailed(err: unknown): void {
    this.anomalies.add(1, { kind: 'vat-register' });
    this.logger.warn({ err }, 'the register of VAT numbers gave no usable answer');
  }

  limitReached(ref: StationRef, transaction: string): void {
    this.anomalies.add(1, { kind: 'limit-reached' });
    this.logger.info({ ...ref, transaction }, 'a session has reached its limit: its station is sent a stop command');
  }

  oneTimeCodeWrong(ref: StationRef, evse: number): void {
    this.anomalies.add(1, { kind: 'one-time-code' });
    this.logger.info({ ...ref, evse }, 'a QR code with an outdated one-time code was scanned');
  }

  tariffUnknown(ref: StationRef, err: unknown): void {
    this.anomalies.add(1, { kind: 'tariff-unknown' });
    this.logger.warn({ ...ref, err }, 'the tariff of a driver is not known: the station was not sent it');
  }

  staleTransactionEnded(ref: StationRef, transaction: string): void {
    this.anomalies.add(1, { kind: 'silent-end' });
    this.logger.warn({ ...ref, transaction }, 'a stale transaction was ended with its last activity');
  }

  secondStop(ref: StationRef, transaction: string): void {
    this.anomalies.add(1, { kind: 'second-stop' });
    this.logger.warn({ ...ref, transaction }, 'a second stop differs from the first: kept as a correction');
  }

  repeated(ref: StationRef, transaction: string): void {
    this.anomalies.add(1, { kind: 'repeat' });
    this.logger.debug({ ...ref, transaction }, 'a repeat: answered as before');
  }

  /**
   * A message about a sealed session, or about one beyond the number a station may begin, was stored as an unhandled
   * message.
   */
  keptUnhandled(ref: StationRef, transaction: string, why: 'sealed' | 'too-many'): void {
    this.anomalies.add(1, { kind: why });
    this.logger.warn({ ...ref, transaction, why }, 'a message about a session is kept with the unhandled messages, and changes no summary');
  }

  /** Counted and not logged: a station that sends so much would fill the log. */
  notKept(what: 'unhandled-message' | 'reading', count: number): void {
    this.anomalies.add(count, { kind: `${what}-not-kept` });
  }

  readingsStored(rows: number): void {
    this.readings.add(rows);
  }

  remindersPublished(transactions: number): void {
    this.reminders.add(transactions);
    this.logger.warn({ transactions }, 'ends of transactions without a CDR were published again');
  }

  partitionsMissing(days: readonly string[]): void {
    this.anomalies.add(1, { kind: 'partition' });
    this.logger.error({ days }, 'readings of these days stay in the default partition');
  }

  localListAnswered(ref: StationRef, kind: string, outcome: string): void {
    const refused = outcome !== 'Accepted' && !outcome.startsWith('version ');
    this.localLists.add(1, { kind, outcome: refused ? 'refused' : 'accepted' });
    this.logger[refused ? 'warn' : 'debug']({ ...ref, kind, outcome }, 'local list: the station has answered');
  }

  /** Ids longer than its version of OCPP has room for, types it does not know. */
  localListTokensLeftOut(ref: StationRef, tokens: number): void {
    this.logger.info({ ...ref, tokens }, 'tokens that this station could never present are not in its local list');
  }

  /** N10.FR.02. Whose it was is not logged. */
  localListEntryErased(ref: StationRef): void {
    this.logger.info({ ...ref }, 'a station has forgotten a driver: the token is taken out of its local list');
  }

  capabilitiesChanged(ref: StationRef, capabilities: object): void {
    this.logger.debug({ ...ref, capabilities }, 'the capabilities of a station were learned');
  }
}

/** Log and metrics of this service's blocks. It is a store, so that other stores count by it, too. */
export const telemetry = defineBlock({
  name: 'telemetry',
  store: ({ logger, metrics }) => new TransactionTelemetry(logger, metrics),
  build: ({ store }) => store,
});

import { randomInt } from 'node:crypto';
import type { Bus } from '@voltbus/bus';
import type { CommandRequest } from '@voltbus/contracts';
import { Outbox, OutboxRelay, Retention, USUAL_RETENTION, openDatabase, type RetentionDays } from '@voltbus/database';
import { UNHANDLED_MESSAGES_ALLOWANCE, READINGS_ALLOWANCE, StationAllowance, sendCommand, type AnswerTable } from '@voltbus/service';
import { answers } from './answers';
import { OperatorActions } from './transactions/operator-actions';
import { ExternalAuthorizerBreaker } from './authorization/external-authorizer-breaker';
import { HttpExternalAuthorizer } from './authorization/http-external-authorizer';
import type { ExternalAuthorizer } from './authorization/external-authorizer';
import { StationCapabilities } from './capabilities/station-capabilities';
import { ConnectorObserver } from './stale-transactions/connector-observer';
import { CertificateStatuses } from './plug-and-charge/certificate-status';
import { ContractCertificates, type ContractCertificateSettings } from './plug-and-charge/contract-certificates';
import { HttpOcsp } from './plug-and-charge/http-ocsp';
import { CostUpdates } from './running-cost/cost-updates';
import type { Fallback } from './authorization/domain/external-decision';
import { TransactionTelemetry } from './telemetry';
import { Limits } from './limits/limits';
import { TransactionRecorder } from './transactions/transaction-recorder';
import { LocalLists } from './local-list/local-lists';
import { VatRegister } from './payment/vat-register';
import { Readings } from './metering/readings';
import { RunningCost } from './running-cost/running-cost';
import { ShownCosts } from './running-cost/shown-costs';
import { StaleTransactions } from './stale-transactions/stale-transactions';
import { DriverTariffs } from './running-cost/station-tariffs';
import { TransactionSealing } from './transactions/transaction-sealing';
import { SCHEMA, migrations } from './store/migrations';
import { TABLES } from './store/tables';
import { openStores, type Database, type Stores } from './stores';
import { TokenAuthorizer } from './authorization/token-authorizer';
import { Transactions } from './transactions/transactions';
import type { Logger, Metrics } from '@voltbus/telemetry';

export interface PaymentSettings {
  receiptUrl: string | undefined;
  vatUrl: string | undefined;
}

export interface WiringParts {
  database: Database;
  outbox: Outbox;
  logger: Logger;
  metrics: Metrics;
  wakeRelay(): void;
  /** How long nothing may be heard of an open transaction. */
  staleAfterMs: number;
  /** How long a station goes without hearing what its transaction costs. */
  costMs: number;
  sendCommand(request: CommandRequest): Promise<void>;
  /** Whoever keeps the tokens elsewhere; null: nobody. */
  authorizer: ExternalAuthorizer | null;
  fallback: Fallback;
  contracts: ContractCertificateSettings;
  payments: PaymentSettings;
  /** How long what is kept; absent: as usual. */
  retention?: RetentionDays;
  now?: () => Date;
}

/** Largest 1.6 transaction id; stations use 0 and -1 for none. */
const MAX_ID = 2 ** 31 - 1;

/** A positive 31-bit integer that nobody can guess (CVE-2026-28230). */
export function drawId(): number {
  return randomInt(1, MAX_ID + 1);
}

/** The service's classes, built around one database. */
export function wire(parts: WiringParts): Wired {
  const { now = () => new Date() } = parts;
  const telemetry = new TransactionTelemetry(parts.logger, parts.metrics);
  const stores = openStores(parts.database, parts.outbox, {
    unhandledMessages: new StationAllowance({ ...UNHANDLED_MESSAGES_ALLOWANCE, beyond: (_, count) => telemetry.notKept('notice', count) }),
    readings: new StationAllowance({ ...READINGS_ALLOWANCE, beyond: (_, count) => telemetry.notKept('reading', count) }),
  });
  const { authorizer, fallback } = parts;
  const externalAuthorizer = new ExternalAuthorizerBreaker({ authorizer, fallback, telemetry, clock: () => performance.now() });
  const shared = { ...parts, stores, telemetry, externalAuthorizer, now, ...reckoning(stores, telemetry) };
  const transactions = new Transactions({ ...shared, store: stores.transactions, drawId });
  const byHand = { ...shared, store: stores.transactions, views: stores.views, recorder: new TransactionRecorder(telemetry) };
  return {
    ...shownOf(stores),
    telemetry,
    ...working(shared, transactions),
    operatorActions: new OperatorActions(byHand),
    table: answering(shared, transactions),
  };
}

interface Shared extends WiringParts, ReturnType<typeof reckoning> {
  stores: Stores;
  telemetry: TransactionTelemetry;
  externalAuthorizer: ExternalAuthorizerBreaker;
  now(): Date;
}

/** What sessions cost, and who is shown it. */
function reckoning({ prices, transactions, limits }: Stores, telemetry: TransactionTelemetry) {
  const shown = new ShownCosts(prices);
  const runningCost = new RunningCost({ prices, shown, transactions, limits, telemetry });
  return { runningCost, driverTariffs: new DriverTariffs({ prices, shown, telemetry }) };
}

/** What operators are shown, and neighbours tell. */
function shownOf({
  tokens: tokenStore,
  readings: readingStore,
  limits: limitStore,
  operatorActions: operatorActionStore,
  ...stores
}: Stores) {
  const { prices, starts, stops, views, presence, unhandledMessages, settlements, qrCodes, stationRows, connectorStates } = stores;
  return {
    tokenStore,
    readingStore,
    limitStore,
    operatorActionStore,
    prices,
    starts,
    stops,
    views,
    presence,
    unhandledMessages,
    settlements,
    qrCodes,
    stationRows,
    connectorStates,
  };
}

/** What is done by itself, and by the word of neighbours. */
function working(shared: Shared, transactions: Transactions) {
  const { stores, telemetry, runningCost, staleAfterMs, costMs, sendCommand, now } = shared;
  const capabilities = new StationCapabilities({ store: stores.capabilities, telemetry, sendCommand, now });
  return {
    ...forgetting(shared, transactions),
    capabilities,
    staleTransactions: new StaleTransactions({ store: stores.staleTransactions, transactions, telemetry, staleAfterMs, sendCommand, now }),
    limits: new Limits({ store: stores.limits, views: stores.views, runningCost, telemetry, sendCommand, now }),
    costUpdates: new CostUpdates({ store: stores.costUpdates, runningCost, intervalMs: costMs, sendCommand, now }),
    connectorObserver: new ConnectorObserver(stores.freeConnectors, stores.connectorStates, transactions),
    localLists: new LocalLists({ store: stores.localLists, capabilities, telemetry, sendCommand, now }),
  };
}

/** What goes because it is old. */
function forgetting({ database, stores, metrics, retention: days = USUAL_RETENTION, now }: Shared, transactions: Transactions) {
  const retention = new Retention({ dataSource: database, declared: TABLES, days, metrics, now });
  return { retention, transactionSealing: new TransactionSealing({ store: stores.sealing, transactions, retention, days, now }) };
}

/** What stations are answered. */
function answering(shared: Shared, transactions: Transactions): AnswerTable {
  const { stores, telemetry, externalAuthorizer, driverTariffs, contracts, payments, now } = shared;
  const { unnamedReadings, staleTransactions, transactions: transactionStore, unhandledMessages, settlements } = stores;
  return answers({
    tokens: new TokenAuthorizer(stores.tokens, externalAuthorizer),
    contracts: new ContractCertificates(contracts, telemetry),
    certificateStatuses: new CertificateStatuses(new HttpOcsp(contracts.ocspHosts, contracts.ocspTimeoutMs), telemetry),
    driverTariffs,
    transactions,
    readings: new Readings({ store: stores.readings, unnamedReadings, staleTransactions, transactions, transactionStore, telemetry, now }),
    unhandledMessages,
    payments: {
      store: settlements,
      telemetry,
      receiptUrl: payments.receiptUrl,
      vatRegister: new VatRegister(payments.vatUrl, telemetry),
    },
    telemetry,
  });
}

export interface Wired extends ReturnType<typeof shownOf>, ReturnType<typeof working> {
  telemetry: TransactionTelemetry;
  operatorActions: OperatorActions;
  table: AnswerTable;
}

/** The service on its own schema of the database. */
export interface Service extends Wired {
  database: Database;
  relay: OutboxRelay;
}

export async function openService({
  url,
  poolSize,
  silentSeconds,
  costSeconds,
  authorization,
  contracts,
  payments,
  retention,
  bus,
  logger,
  metrics,
}: ServiceParts): Promise<Service> {
  const database = await openDatabase({ url, schema: SCHEMA, migrations, poolSize, applicationName: 'transaction', metrics });
  const relay = new OutboxRelay({ dataSource: database, schema: SCHEMA, bus, logger, metrics });
  const wakeRelay = (): void => relay.wake();
  const times = { staleAfterMs: silentSeconds * 1_000, costMs: costSeconds * 1_000 };
  const authorizer = authorization.url === undefined ? null : new HttpExternalAuthorizer({ ...authorization, url: authorization.url });
  const { fallback } = authorization;
  const parts = { database, outbox: new Outbox(SCHEMA), logger, metrics, wakeRelay, ...times, authorizer, fallback, contracts, payments };
  const kept = retention === undefined ? {} : { retention };
  const wired = wire({ ...parts, ...kept, sendCommand: (request) => sendCommand(bus, request) });
  return { ...wired, database, relay };
}

export interface ServiceParts {
  url: string;
  poolSize: number;
  silentSeconds: number;
  costSeconds: number;
  authorization: { url: string | undefined; secret: string; fallback: Fallback };
  contracts: ContractCertificateSettings;
  payments: PaymentSettings;
  /** How long what is kept; absent: as usual. */
  retention?: RetentionDays;
  bus: Bus;
  logger: Logger;
  metrics: Metrics;
}

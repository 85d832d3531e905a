import { randomInt } from 'node:crypto';
import type { Bus } from '@voltbus/bus';
import type { CommandRequest } from '@voltbus/contracts';
import { Outbox, OutboxRelay, Retention, USUAL_RETENTION, openDatabase, type RetentionDays } from '@voltbus/database';
import { UNHANDLED_MESSAGES_ALLOWANCE, READINGS_ALLOWANCE, StationAllowance, sendCommand, type AnswerTable } from '@voltbus/service';
import { answers } from './answers';
import { OperatorActions } from './by-hand/operator-actions';
import { Consultation } from './authority/consultation';
import { HttpAuthority } from './authority/http-authority';
import type { TokenAuthority } from './authority/token-authority';
import { StationCapabilities } from './capabilities/station-capabilities';
import { ConnectorWords } from './connector-words';
import { CertificateStatuses } from './contract/certificate-status';
import { Contracts, type ContractSettings } from './contract/contracts';
import { HttpOcsp } from './contract/http-ocsp';
import { CostUpdates } from './cost-updates';
import type { Fallback } from './domain/outside-answer';
import { TransactionTelemetry } from './telemetry';
import { Limits } from './limits';
import { Ledger } from './ledger';
import { LocalLists } from './local-list/local-lists';
import { VatRegister } from './payment/vat-register';
import { Readings } from './readings';
import { RunningCost } from './running-cost';
import { ShownCosts } from './shown-costs';
import { Silence } from './silence';
import { DriverTariffs } from './station-tariffs';
import { OldSessions } from './old-sessions';
import { SCHEMA, migrations } from './store/migrations';
import { TABLES } from './store/tables';
import { openStores, type Database, type Stores } from './stores';
import { Tokens } from './tokens';
import { Transactions } from './transactions';
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
  silentMs: number;
  /** How long a station goes without hearing what its transaction costs. */
  costMs: number;
  ask(request: CommandRequest): Promise<void>;
  /** Whoever keeps the tokens elsewhere; null: nobody. */
  authority: TokenAuthority | null;
  fallback: Fallback;
  contracts: ContractSettings;
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
    notices: new StationAllowance({ ...UNHANDLED_MESSAGES_ALLOWANCE, beyond: (_, count) => telemetry.notKept('notice', count) }),
    readings: new StationAllowance({ ...READINGS_ALLOWANCE, beyond: (_, count) => telemetry.notKept('reading', count) }),
  });
  const { authority, fallback } = parts;
  const consultation = new Consultation({ authority, fallback, telemetry, clock: () => performance.now() });
  const shared = { ...parts, stores, telemetry, consultation, now, ...reckoning(stores, telemetry) };
  const transactions = new Transactions({ ...shared, store: stores.transactions, drawId });
  const byHand = { ...shared, store: stores.transactions, views: stores.views, ledger: new Ledger(telemetry) };
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
  consultation: Consultation;
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
  const { prices, starts, stops, views, presence, notices, settlements, qrCodes, stationRows, connectorStates } = stores;
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
    notices,
    settlements,
    qrCodes,
    stationRows,
    connectorStates,
  };
}

/** What is done by itself, and by the word of neighbours. */
function working(shared: Shared, transactions: Transactions) {
  const { stores, telemetry, runningCost, silentMs, costMs, ask, now } = shared;
  const capabilities = new StationCapabilities({ store: stores.capabilities, telemetry, ask, now });
  return {
    ...forgetting(shared, transactions),
    capabilities,
    silence: new Silence({ store: stores.silence, transactions, telemetry, silentMs, ask, now }),
    limits: new Limits({ store: stores.limits, views: stores.views, runningCost, telemetry, ask, now }),
    costUpdates: new CostUpdates({ store: stores.costUpdates, runningCost, intervalMs: costMs, ask, now }),
    connectorWords: new ConnectorWords(stores.freedConnectors, stores.connectorStates, transactions),
    localLists: new LocalLists({ store: stores.localLists, capabilities, telemetry, ask, now }),
  };
}

/** What goes because it is old. */
function forgetting({ database, stores, metrics, retention: days = USUAL_RETENTION, now }: Shared, transactions: Transactions) {
  const retention = new Retention({ dataSource: database, declared: TABLES, days, metrics, now });
  return { retention, oldSessions: new OldSessions({ store: stores.sealing, transactions, retention, days, now }) };
}

/** What stations are answered. */
function answering(shared: Shared, transactions: Transactions): AnswerTable {
  const { stores, telemetry, consultation, driverTariffs, contracts, payments, now } = shared;
  const { nameless, silence, transactions: transactionStore, notices, settlements } = stores;
  return answers({
    tokens: new Tokens(stores.tokens, consultation),
    contracts: new Contracts(contracts, telemetry),
    certificateStatuses: new CertificateStatuses(new HttpOcsp(contracts.ocspHosts, contracts.ocspTimeoutMs), telemetry),
    driverTariffs,
    transactions,
    readings: new Readings({ store: stores.readings, nameless, silence, transactions, transactionStore, telemetry, now }),
    notices,
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
  const times = { silentMs: silentSeconds * 1_000, costMs: costSeconds * 1_000 };
  const authority = authorization.url === undefined ? null : new HttpAuthority({ ...authorization, url: authorization.url });
  const { fallback } = authorization;
  const parts = { database, outbox: new Outbox(SCHEMA), logger, metrics, wakeRelay, ...times, authority, fallback, contracts, payments };
  const kept = retention === undefined ? {} : { retention };
  const wired = wire({ ...parts, ...kept, ask: (request) => sendCommand(bus, request) });
  return { ...wired, database, relay };
}

export interface ServiceParts {
  url: string;
  poolSize: number;
  silentSeconds: number;
  costSeconds: number;
  authorization: { url: string | undefined; secret: string; fallback: Fallback };
  contracts: ContractSettings;
  payments: PaymentSettings;
  /** How long what is kept; absent: as usual. */
  retention?: RetentionDays;
  bus: Bus;
  logger: Logger;
  metrics: Metrics;
}

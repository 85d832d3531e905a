import { randomInt } from 'node:crypto';
import type { Bus } from '@voltbus/bus';
import type { CommandRequest } from '@voltbus/contracts';
import { Outbox, OutboxRelay, openDatabase } from '@voltbus/persistence';
import type { Logger, Metrics } from '@voltbus/process';
import { ask, type AnswerTable } from '@voltbus/station-link';
import { answers } from './answers';
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
import { Happenings } from './happenings';
import { Limits } from './limits';
import { LocalLists } from './local-list/local-lists';
import { VatRegister } from './payment/vat-register';
import { Readings } from './readings';
import { RunningCost } from './running-cost';
import { ShownCosts } from './shown-costs';
import { Silence } from './silence';
import { DriverTariffs } from './station-tariffs';
import { SCHEMA, migrations } from './store/migrations';
import { openStores, type Database, type Stores } from './stores';
import { Tokens } from './tokens';
import { Transactions } from './transactions';

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
  const stores = openStores(parts.database, parts.outbox);
  const happenings = new Happenings(parts.logger, parts.metrics);
  const { authority, fallback } = parts;
  const consultation = new Consultation({ authority, fallback, happenings, clock: () => performance.now() });
  const shared = { ...parts, stores, happenings, consultation, now, ...reckoning(stores, happenings) };
  const transactions = new Transactions({ ...shared, store: stores.transactions, drawId });
  return { ...shownOf(stores), happenings, ...working(shared, transactions), table: answering(shared, transactions) };
}

interface Shared extends WiringParts, ReturnType<typeof reckoning> {
  stores: Stores;
  happenings: Happenings;
  consultation: Consultation;
  now(): Date;
}

/** What sessions cost, and who is shown it. */
function reckoning({ prices, transactions, limits }: Stores, happenings: Happenings) {
  const shown = new ShownCosts(prices);
  const runningCost = new RunningCost({ prices, shown, transactions, limits, happenings });
  return { runningCost, driverTariffs: new DriverTariffs({ prices, shown, happenings }) };
}

/** What operators are shown, and neighbours tell. */
function shownOf({ tokens: tokenStore, readings: readingStore, limits: limitStore, ...stores }: Stores) {
  const { prices, starts, stops, views, presence, notices, settlements, qrCodes, connectorStates } = stores;
  return { tokenStore, readingStore, limitStore, prices, starts, stops, views, presence, notices, settlements, qrCodes, connectorStates };
}

/** What is done by itself, and by the word of neighbours. */
function working({ stores, happenings, runningCost, silentMs, costMs, ask, now }: Shared, transactions: Transactions) {
  const capabilities = new StationCapabilities({ store: stores.capabilities, happenings, ask, now });
  return {
    capabilities,
    silence: new Silence({ store: stores.silence, transactions, happenings, silentMs, ask, now }),
    limits: new Limits({ store: stores.limits, views: stores.views, runningCost, happenings, ask, now }),
    costUpdates: new CostUpdates({ store: stores.costUpdates, runningCost, intervalMs: costMs, ask, now }),
    connectorWords: new ConnectorWords(stores.freedConnectors, stores.connectorStates, transactions),
    localLists: new LocalLists({ store: stores.localLists, capabilities, happenings, ask, now }),
  };
}

/** What stations are answered. */
function answering(shared: Shared, transactions: Transactions): AnswerTable {
  const { stores, happenings, consultation, driverTariffs, contracts, payments, now } = shared;
  const { nameless, silence, transactions: transactionStore, notices, settlements } = stores;
  return answers({
    tokens: new Tokens(stores.tokens, consultation),
    contracts: new Contracts(contracts, happenings),
    certificateStatuses: new CertificateStatuses(new HttpOcsp(contracts.ocspHosts), happenings),
    driverTariffs,
    transactions,
    readings: new Readings({ store: stores.readings, nameless, silence, transactions, transactionStore, happenings, now }),
    notices,
    payments: {
      store: settlements,
      happenings,
      receiptUrl: payments.receiptUrl,
      vatRegister: new VatRegister(payments.vatUrl, happenings),
    },
    happenings,
  });
}

export interface Wired extends ReturnType<typeof shownOf>, ReturnType<typeof working> {
  happenings: Happenings;
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
  const wired = wire({ ...parts, ask: (request) => ask(bus, request) });
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
  bus: Bus;
  logger: Logger;
  metrics: Metrics;
}

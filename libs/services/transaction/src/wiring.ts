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
import { ConnectorWords } from './connector-words';
import { Contracts, type ContractSettings } from './contract/contracts';
import { CostUpdates } from './cost-updates';
import type { Fallback } from './domain/outside-answer';
import { Happenings } from './happenings';
import { Limits } from './limits';
import { LocalLists } from './local-list/local-lists';
import { TypeormLocalLists } from './local-list/typeorm-local-lists';
import { TypeormSettlements } from './payment/typeorm-settlements';
import { VatRegister } from './payment/vat-register';
import { Readings } from './readings';
import { RunningCost } from './running-cost';
import { ShownCosts } from './shown-costs';
import { Silence } from './silence';
import { DriverTariffs } from './station-tariffs';
import { SCHEMA, migrations } from './store/migrations';
import { TypeormCostUpdates } from './store/typeorm-cost-updates';
import { TypeormFreedConnectors } from './store/typeorm-freed-connectors';
import { TypeormLimits } from './store/typeorm-limits';
import { TypeormNotices } from './store/typeorm-notices';
import { TypeormPresence } from './store/typeorm-presence';
import { TypeormPrices } from './store/typeorm-prices';
import { TypeormReadings } from './store/typeorm-readings';
import { TypeormRemoteStarts } from './store/typeorm-remote-starts';
import { TypeormRemoteStops } from './store/typeorm-remote-stops';
import { TypeormNamelessReadings } from './store/typeorm-nameless-readings';
import { TypeormSilence } from './store/typeorm-silence';
import { TypeormTokens } from './store/typeorm-tokens';
import { TypeormTransactionViews } from './store/typeorm-transaction-views';
import { TypeormTransactions } from './store/typeorm-transactions';
import { Tokens } from './tokens';
import { Transactions } from './transactions';

export interface PaymentSettings {
  receiptUrl: string | undefined;
  vatUrl: string | undefined;
}

type Database = Awaited<ReturnType<typeof openDatabase>>;

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
export function wire({
  database,
  outbox,
  logger,
  metrics,
  wakeRelay,
  silentMs,
  costMs,
  ask,
  authority,
  fallback,
  contracts,
  payments,
  now = () => new Date(),
}: WiringParts): Wired {
  const happenings = new Happenings(logger, metrics);
  const readingStore = new TypeormReadings(database);
  const tokenStore = new TypeormTokens(database);
  const starts = new TypeormRemoteStarts(database);
  const stops = new TypeormRemoteStops(database);
  const silenceStore = new TypeormSilence(database);
  const limitStore = new TypeormLimits(database);
  const stores = { limits: limitStore, outbox, readings: readingStore, tokens: tokenStore, starts, silence: silenceStore };
  const transactionStore = new TypeormTransactions(database, stores);
  const views = new TypeormTransactionViews(database, { outbox, readings: readingStore });
  const prices = new TypeormPrices(database);
  const shown = new ShownCosts(prices);
  const runningCost = new RunningCost({ prices, shown, transactions: transactionStore, happenings });
  const consultation = new Consultation({ authority, fallback, happenings, clock: () => performance.now() });
  const transactions = new Transactions({
    limits: limitStore,
    store: transactionStore,
    consultation,
    runningCost,
    happenings,
    wakeRelay,
    drawId,
  });
  const readings = new Readings({
    store: readingStore,
    nameless: new TypeormNamelessReadings(database),
    silence: silenceStore,
    transactions,
    transactionStore,
    happenings,
    now,
  });
  const silence = new Silence({ store: silenceStore, transactions, happenings, silentMs, ask, now });
  const costUpdates = new CostUpdates({ store: new TypeormCostUpdates(database), runningCost, intervalMs: costMs, ask, now });
  const limits = new Limits({ store: limitStore, views, runningCost, happenings, ask, now });
  const localLists = new LocalLists({ store: new TypeormLocalLists(database), happenings, ask, now });
  const notices = new TypeormNotices(database);
  const connectorWords = new ConnectorWords(new TypeormFreedConnectors(database));
  const presence = new TypeormPresence(database);
  const driverTariffs = new DriverTariffs({ prices, shown, happenings });
  const settlements = new TypeormSettlements(database);
  const paying = {
    store: settlements,
    happenings,
    receiptUrl: payments.receiptUrl,
    vatRegister: new VatRegister(payments.vatUrl, happenings),
  };
  const judges = { tokens: new Tokens(tokenStore, consultation), contracts: new Contracts(contracts, happenings) };
  const table = answers({ ...judges, driverTariffs, transactions, readings, notices, payments: paying });
  return {
    happenings,
    tokenStore,
    prices,
    starts,
    stops,
    readingStore,
    views,
    silence,
    limits,
    limitStore,
    costUpdates,
    presence,
    connectorWords,
    localLists,
    notices,
    settlements,
    table,
  };
}

export interface Wired {
  happenings: Happenings;
  tokenStore: TypeormTokens;
  prices: TypeormPrices;
  starts: TypeormRemoteStarts;
  stops: TypeormRemoteStops;
  readingStore: TypeormReadings;
  views: TypeormTransactionViews;
  silence: Silence;
  limits: Limits;
  limitStore: TypeormLimits;
  costUpdates: CostUpdates;
  presence: TypeormPresence;
  connectorWords: ConnectorWords;
  localLists: LocalLists;
  notices: TypeormNotices;
  settlements: TypeormSettlements;
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
  const database = await openDatabase({ url, schema: SCHEMA, migrations, poolSize, applicationName: 'transaction' });
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

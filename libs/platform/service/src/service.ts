import { type Bus, type Subscription, troubleOf } from '@voltbus/bus';
import type { Connections } from '@voltbus/connections';
import { LANES, type Topic } from '@voltbus/contracts';
import {
  Outbox,
  OutboxRelay,
  RETENTION_INTERVAL_MS,
  Resealing,
  Retention,
  countedOnceCommitted,
  isTransientDatabaseError,
  openDatabase,
  rowSecurityTrouble,
  type Database,
} from '@voltbus/database';
import { Scheduler, encryptionKeys, hasEncryptionKey, retentionDays, type Settings } from '@voltbus/runtime';
import type { Logger, Metrics } from '@voltbus/telemetry';
import { answerTable, type AnswerTable } from './answers';
import type { Block, BuildContext, StoreContext } from './block';
import type { CommandSender } from './command-sender';
import { observeLanes } from './observe-lane';
import { sendCommand } from './send-command';
import { migrationsOf, rowConditionsOf, tablesOf, type ServiceDefinition } from './service-definition';
import { serveLane } from './serve-lane';
import { subscribeEvents } from './subscribe-events';

/**
 * Stations of a lane that are decided about at once: more than the database pool has connections, for they share transactions (ADR 83).
 */
const STATIONS_AT_ONCE = 64;

/** How often it is looked whether a pass over the encrypted values is due. */
const RESEAL_LOOK_MS = 15_000;

/** What a process gives a service. */
export interface ServiceParts {
  settings: Settings;
  bus: Bus;
  connections: Connections;
  logger: Logger;
  metrics: Metrics;
  /** Where the router's HTTP API is in the process. */
  commands: CommandSender;
  now?: () => Date;
  /** Specs only: what else they want of a service's parts. */
  outbox?: Outbox;
}

/** A service on its own schema of the database: built, not yet at work. */
export class Service {
  /** What stations are answered. */
  readonly table: AnswerTable;
  private readonly relay: OutboxRelay;
  private readonly retention: Retention;
  /** Null: nothing of its tables is encrypted, or this process has no key. */
  private readonly resealing: Resealing | null;
  private readonly scheduler: Scheduler;
  private readonly stores = new Map<Block, unknown>();
  private readonly built = new Map<Block, unknown>();
  private readonly subscriptions: Subscription[] = [];
  /** Subscriptions by the name of their topic. */
  private readonly readers = new Map<string, Subscription>();

  private constructor(
    readonly definition: ServiceDefinition,
    readonly database: Database,
    private readonly parts: ServiceParts,
  ) {
    const { name, schema, blocks } = definition;
    const { bus, logger, metrics, settings, now = () => new Date() } = parts;
    this.relay = new OutboxRelay({ dataSource: database, schema, bus, logger, metrics });
    this.retention = new Retention({ dataSource: database, declared: tablesOf(definition), days: retentionDays(settings), metrics, now });
    this.resealing = resealingOf({ definition, database, parts });
    this.scheduler = new Scheduler((job, err) => this.jobFailed(job, err));
    const context: StoreContext = {
      ...{ database, settings, logger, now },
      metrics: countedOnceCommitted(metrics),
      outbox: parts.outbox ?? new Outbox(schema, settings.INSTALLATION),
      storeOf: (block) => found(this.stores, block, name),
    };
    for (const block of blocks) this.stores.set(block, block.store?.(context));
    for (const block of blocks) this.built.set(block, block.build(this.buildContext(context, block)));
    this.table = answerTable(blocks.flatMap((block) => block.answers?.(this.use(block)) ?? []));
  }

  /** Connects and brings the schema up to date. Rejects when the database is away, a migration fails or a block cannot be built. */
  static async open(definition: ServiceDefinition, parts: ServiceParts): Promise<Service> {
    const { name, schema } = definition;
    const { settings, logger, metrics } = parts;
    const { DATABASE_URL: url, DATABASE_POOL: poolSize, ROW_SECURITY: rowSecurity } = settings;
    const migrations = migrationsOf(definition);
    const entities = definition.blocks.flatMap((block) => block.entities ?? []);
    const rows = { rowSecurity, rowConditions: rowConditionsOf(definition) };
    const database = await openDatabase({ url, schema, migrations, entities, poolSize, applicationName: name, metrics, ...rows });
    const trouble = rowSecurityTrouble(database);
    if (trouble !== null) logger.warn({ schema, reason: trouble }, 'the database does not limit requests to the rows of their tenant');
    try {
      return new Service(definition, database, parts);
    } catch (error) {
      await database.destroy();
      throw error;
    }
  }

  /** What a block has built. Throws where the service has no such block, or has not built it yet. */
  use<Built>(block: Block<Built, unknown>): Built {
    return found(this.built, block, this.definition.name);
  }

  /** The store of a block. */
  storeOf<Store>(block: Block<unknown, Store>): Store {
    return found(this.stores, block, this.definition.name);
  }

  /** The same service on the same database, built anew: what a restart of the process leaves. */
  rebuilt(): Service {
    return new Service(this.definition, this.database, this.parts);
  }

  /** Starts blocks, relay, subscriptions, lane and jobs. */
  async start(): Promise<void> {
    const { blocks } = this.definition;
    for (const block of blocks) await block.start?.(this.use(block));
    this.relay.start();
    await this.subscribe();
    for (const block of blocks)
      for (const { name, everyMs, run } of block.jobs?.(this.use(block)) ?? [])
        this.scheduler.every(everyMs, name, async () => void (await run()));
    this.scheduler.every(RETENTION_INTERVAL_MS, 'removal of old rows', () => this.retention.run());
    const { resealing } = this;
    if (resealing !== null) this.scheduler.every(RESEAL_LOOK_MS, 'encryption under the current key', () => resealing.runWhenDue());
  }

  /** Takes nothing new, finishes what is in hand, publishes what the outbox has. */
  async stop(): Promise<void> {
    this.scheduler.stop();
    this.retention.stop();
    this.resealing?.stop();
    await Promise.all(this.subscriptions.map((subscription) => subscription.close()));
    for (const block of [...this.definition.blocks].reverse()) await block.stop?.(this.use(block));
    await this.relay.stop();
  }

  /** Why the service is not fit to work; null when it is. */
  trouble(): string | null {
    return troubleOf(this.subscriptions);
  }

  private async subscribe(): Promise<void> {
    const { name: group, lane, blocks, together = [] } = this.definition;
    const { bus, logger, metrics } = this.parts;
    const subscriptions = blocks.flatMap((block) => block.on?.(this.use(block)) ?? []);
    for (const [topic, subscription] of await subscribeEvents({ bus, group, subscriptions, together }))
      this.readers.set(topic, subscription);
    if (lane !== undefined) {
      this.readers.set(
        LANES[lane].name,
        await serveLane({ bus, lane, group, table: this.table, logger, metrics, concurrency: STATIONS_AT_ONCE }),
      );
    }
    this.subscriptions.push(...new Set(this.readers.values()));
    const observations = blocks.flatMap((block) => block.observes?.(this.use(block)) ?? []);
    this.subscriptions.push(...(await observeLanes(bus, group, observations)));
  }

  private buildContext<Store>(context: StoreContext, block: Block<unknown, Store>): BuildContext<Store> {
    const { bus, connections, commands } = this.parts;
    return {
      ...context,
      store: context.storeOf(block),
      ...{ bus, connections, commands, retention: this.retention },
      use: (other) => this.use(other),
      sendCommand: (request) => sendCommand(bus, request),
      wakeRelay: () => this.relay.wake(),
      passed: (topics, instant) => this.passed(topics, instant),
    };
  }

  private async passed(topics: readonly Topic[], instant: number): Promise<boolean> {
    const readers = new Set(topics.map(({ name }) => this.readers.get(name)));
    const passed = await Promise.all([...readers].map(async (reader) => (await reader?.passed(instant)) ?? false));
    return passed.every(Boolean);
  }

  private jobFailed(job: string, err: unknown): void {
    this.parts.logger[isTransientDatabaseError(err) ? 'warn' : 'error']({ err, job }, 'a periodic job failed and will be tried again');
  }
}

function resealingOf({
  definition,
  database,
  parts,
}: {
  definition: ServiceDefinition;
  database: Database;
  parts: ServiceParts;
}): Resealing | null {
  const declared = tablesOf(definition);
  if (!hasEncryptionKey(parts.settings) || declared.tables.every(({ sealed = [] }) => sealed.length === 0)) return null;
  return new Resealing({
    dataSource: database,
    declared,
    keys: encryptionKeys(parts.settings),
    logger: parts.logger,
    metrics: parts.metrics,
  });
}

function found<T>(map: ReadonlyMap<Block, unknown>, block: Block, service: string): T {
  if (!map.has(block)) throw new Error(`the block ${block.name} is not in the list of ${service}, or stands behind the one that uses it`);
  return map.get(block) as T; // put there by the block itself
}

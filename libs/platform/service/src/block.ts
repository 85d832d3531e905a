import type { InjectionToken, Type } from '@nestjs/common';
import type { Bus } from '@voltbus/bus';
import type { Connections } from '@voltbus/connections';
import type { CommandRequest, Lane, Topic } from '@voltbus/contracts';
import type { Database, EntityClass, Migration, Outbox, Retention, TableDeclaration } from '@voltbus/database';
import type { Settings } from '@voltbus/runtime';
import type { Logger, Metrics } from '@voltbus/telemetry';
import type { ActionAnswer, StationMessage } from './answers';
import type { CommandSender } from './command-sender';
import type { EventSubscription } from './on-event';

/** What every block of a service is built from. */
export interface StoreContext {
  database: Database;
  outbox: Outbox;
  settings: Settings;
  logger: Logger;
  metrics: Metrics;
  now(): Date;
  /** The store of a block that stands earlier in the service's list. */
  storeOf<Store>(block: Block<unknown, Store>): Store;
}

export interface BuildContext<Store> extends StoreContext {
  store: Store;
  bus: Bus;
  connections: Connections;
  /** What a block that stands earlier in the service's list has built. */
  use<Built>(block: Block<Built, unknown>): Built;
  /** Commands a station and tells the command's id: only where the router's HTTP API is in the same process. Rejects elsewhere. */
  commands: CommandSender;
  /** Puts a command on the topic; its result comes on `csms.command-results.v1`. */
  sendCommand(request: CommandRequest): Promise<void>;
  /** Removes in batches what only the block knows to be old, counts it by table, and stops with the service. */
  retention: Pick<Retention, 'untilDone'>;
  /** Makes the outbox relay look at once. */
  wakeRelay(): void;
  /** True when this service, in all its processes, has handled everything of these topics that the bus took before `instant` (epoch ms). */
  passed(topics: readonly Topic[], instant: number): Promise<boolean>;
}

/** Messages of another service's lane that a block observes. Nothing is answered. */
export interface LaneObservation {
  lane: Lane;
  actions: readonly string[];
  /** In order per station; many at once. */
  handle(messages: StationMessage<never>[]): Promise<void>;
}

/** Work that is done again and again, one run at a time; a run that fails is logged and comes again. */
export interface Job {
  name: string;
  everyMs: number;
  run(): Promise<unknown>;
}

/** A class or token that controllers of any service in the process may inject, and where it comes from. */
interface Provided<Built> {
  token: InjectionToken;
  from(built: Built): unknown;
}

/** A method's type, so that blocks of any kind can stand in one list. */
type From<Built, T> = { from(built: Built): T }['from'];

/** Lists an instance under its class, or a port under its token. */
type Provide<Built> = <T>(token: InjectionToken<T>, from: From<Built, T>) => Provided<Built>;

/** Goes on beside the HTTP API of a process, where it has one. `withinMs`: what a stop may take. */
export interface HttpPart {
  name: string;
  phase: 'work' | 'listeners';
  start?(): Promise<void> | void;
  stop?(withinMs: number): Promise<void> | void;
}

/**
 * What a functional block is made of, in the order in which it is used. A service is a list of blocks: `Service` makes every store, then builds every block; a
 * block may use those that stand before it, and names them by their value. All but `name` and `build` may be left out.
 */
export interface Block<Built = unknown, Store = unknown> {
  name: string;
  /** Of the tables that are the block's own. Ids sort. */
  migrations?: readonly Migration[];
  /** Classes of the entities that have repositories (`*.entity.ts`); they do not leave the block's store. */
  entities?: readonly EntityClass[];
  /** Those tables: whose rows they hold, their bound, and how rows go. */
  tables?: readonly TableDeclaration[];
  store?(context: StoreContext): Store;
  build(context: BuildContext<Store>): Built;
  /** What stations are answered. */
  answers?(built: Built): readonly ActionAnswer[];
  /** Events of the topics it subscribes to. */
  on?(built: Built): readonly EventSubscription[];
  observes?(built: Built): readonly LaneObservation[];
  jobs?(built: Built): readonly Job[];
  /** Before anything is received. */
  start?(built: Built): Promise<void> | void;
  /** When nothing is received any more. */
  stop?(built: Built): Promise<void> | void;
  controllers?: readonly Type[];
  /** What controllers inject. */
  provides?(provide: Provide<Built>): readonly Provided<Built>[];
  httpParts?(built: Built): readonly HttpPart[];
}

/** A functional block: plain data and functions. Nothing is discovered, and nothing happens before a service opens it. */
export function defineBlock<Built, Store = undefined>(definition: Block<Built, Store>): Block<Built, Store> {
  return definition;
}

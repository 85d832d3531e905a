import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import {
  COMMANDS,
  CONNECTIONS,
  type Command,
  type CommandRequest,
  type ConnectionEvent,
  type EndedTransaction,
  type EventType,
  type Protocol,
  type StationRef,
  type Transaction,
} from '@voltbus/contracts';
import { Outbox, Retention, type OutboxEvent } from '@voltbus/database';
import { readSettings, retentionDays, type Settings } from '@voltbus/runtime';
import { Service, tablesOf } from '@voltbus/service';
import { deliverEvents, eventRecord, readPayload, type EventSource } from '@voltbus/service/testing';
import { freshDatabase, keepsContract, listed, silentLogger, testMetrics } from '@voltbus/testing';
import { transactionService } from '../service';
import { partsOf, type TransactionParts } from './service-parts';
import { handleMessage, handlerOf, messageFrom, type SendingStation } from './station-message';

export type { SendingStation };

/** The service on a database of its own, spoken to as its lane does. */
export interface ServiceFixture extends TransactionParts {
  service: Service;
  database: Service['database'];
  table: Service['table'];
  retention: Retention;
  /** Every published event, in order. */
  published: OutboxEvent[];
  /** The commands sent to stations. */
  sent: CommandRequest[];
  /** The last command of that action; throws where none was sent. */
  lastSent(action: string): CommandRequest;
  /** The bus takes no commands. */
  sendingFails: boolean;
  /** Now, for periodic jobs; messages of stations carry their own time of receipt. */
  clock: { at(): Date };
  /** The process dies and another one goes on, with the same database. */
  restart(): void;
  /** A station sends a message; resolves with its answer. */
  receive(station: SendingStation, action: string, payload: object): Promise<Record<string, unknown>>;
  /**
   * The same with a payload as stations write it, read as the lane reads it. Throws the `OcppError` that the station
   * would be sent.
   */
  receiveRaw(station: SendingStation, action: string, payload: object): Promise<Record<string, unknown>>;
  /** Several stations at once, in one batch. */
  receiveMany(messages: readonly { station: SendingStation; action: string; payload: object }[]): Promise<void>;
  /** An event of another service arrives, at every block that subscribes to it. */
  deliver(event: EventType, value: object, of: EventSource): Promise<void>;
  /** The station is connected; each time anew. */
  connect(ref: StationRef, protocol: Protocol): Promise<ConnectionEvent>;
  transactionsOf(station: string): Promise<Transaction[]>;
  publishedEnds(station: string): EndedTransaction[];
  close(): Promise<void>;
}

class RecordingOutbox extends Outbox {
  readonly published: OutboxEvent[] = [];
  override async add(manager: Parameters<Outbox['add']>[0], events: OutboxEvent[]): Promise<void> {
    await super.add(manager, events);
    for (const { topic, event, value } of events) keepsContract({ topic: topic.name, type: event.type, value });
    this.published.push(...events);
  }
}

/** Keeps commands for the spec, and takes them to no router. */
class CommandRecordingBus extends MemoryBus {
  readonly sent: CommandRequest[] = [];
  fails = (): boolean => false;
  override publish(...[topic, record]: Parameters<MemoryBus['publish']>): ReturnType<MemoryBus['publish']> {
    if (topic.name !== COMMANDS.name) return super.publish(topic, record);
    if (this.fails()) return Promise.reject(new Error('the bus is away'));
    this.sent.push(JSON.parse(Buffer.from(record.value ?? '').toString('utf8')) as CommandRequest); // the service has just written it
    return Promise.resolve();
  }
}

/** The time without activity after which an open transaction is stale. */
export const STALE_MS = 12 * 3_600_000;
/** The time after which a station is sent the cost of its transaction again. */
export const COST_MS = 60_000;

/** The end of a command: answered, unless `how` has another status. */
export function commandEnd(request: CommandRequest, how: Partial<Command>): Command {
  return { ...request, status: 'answered', response: null, error: null, createdAt: '', sentAt: null, endedAt: '', ...how };
}

/** A responder of a test answers; on a busy machine not within the time that a station waits. */
const PATIENT_MS = 60_000;

/** The default settings of a process, except for the database. */
export function specSettings(url: string): Settings {
  const secrets = { VOLTBUS_DATABASE_URL: url, VOLTBUS_ADMIN_KEY: 'k'.repeat(40), VOLTBUS_KEY_PEPPER: 'p'.repeat(40) };
  return readSettings({ ...secrets, VOLTBUS_DATABASE_POOL: '4' }, 'standalone', 'standalone');
}

let epoch = 0;

export async function startService(overrides: Partial<Settings> = {}): Promise<ServiceFixture> {
  const { url, drop } = await freshDatabase();
  const logger = silentLogger;
  const metrics = testMetrics();
  const bus = new CommandRecordingBus({ logger, metrics, absentGroups: 'skip' });
  const outbox = new RecordingOutbox(transactionService.schema);
  const clock = { at: () => new Date() };
  const now = (): Date => clock.at();
  const settings: Settings = { ...specSettings(url), RECEIPT_URL: 'https://receipts.example/{transaction}?psp={pspRef}', ...overrides };
  const opened = await Service.open(transactionService, {
    ...{ settings, bus, logger, metrics, outbox, now },
    connections: new MemoryConnections(),
    commands: { sendCommand: () => Promise.reject(new Error('no router here')) },
  });
  const { database } = opened;
  const built = (service: Service) => ({ service, table: service.table, ...partsOf(service, PATIENT_MS) });
  const retention = new Retention({
    dataSource: database,
    declared: tablesOf(transactionService),
    days: retentionDays(settings),
    metrics,
    now,
  });
  const fixture: ServiceFixture = {
    ...built(opened),
    ...{ database, retention, published: outbox.published, sent: bus.sent, sendingFails: false, clock },
    lastSent(action) {
      const request = bus.sent.findLast((one) => one.action === action);
      if (request === undefined) throw new Error(`${action} was not sent`);
      return request;
    },
    restart: () => void Object.assign(fixture, built(fixture.service.rebuilt())),
    receive: (station, action, payload) => handleMessage(fixture.service, messageFrom(station, action, payload)),
    async receiveRaw(station, action, payload) {
      const read = readPayload({ protocol: station.protocol, action, checked: 'no', payload, quirks: station.quirks ?? {} });
      if (!read.ok) throw read.error;
      const { written, leniency } = read;
      return fixture.receive(
        { ...station, leniency, ...(written === undefined ? {} : { written: written as object }) },
        action,
        read.payload as object,
      );
    },
    async receiveMany(received) {
      const batch = received.map(({ station, action, payload }) => messageFrom(station, action, payload));
      const handler = batch[0] === undefined ? null : handlerOf(fixture.service, batch[0]);
      if (handler?.shape !== 'batch') throw new Error('not stored in batches');
      await handler.store(batch);
    },
    deliver: (event, value, of) => deliverEvents(fixture.service, event, [eventRecord(event, value, of)]),
    async connect(ref, protocol) {
      const event = { ...ref, protocol, epoch: ++epoch, gateway: 'gw', at: new Date().toISOString(), reason: 'connected' as const };
      await fixture.deliver(CONNECTIONS.events.connected, event, ref);
      return event;
    },
    transactionsOf: (station) => listed(fixture.views.list('default'), { station: [station] }, 'startedAt'),
    publishedEnds: (station) =>
      outbox.published
        .filter(({ event, ref }) => event.type.endsWith('ended') && ref.station === station)
        .map(({ value }) => value as EndedTransaction), // the event has that type
    async close() {
      await database.destroy();
      await bus.close();
      await drop();
    },
  };
  bus.fails = () => fixture.sendingFails;
  await fixture.makePartitions();
  return fixture;
}

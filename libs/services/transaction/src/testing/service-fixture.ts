import type {
  Command,
  CommandRequest,
  ConnectionEvent,
  EndedTransaction,
  Protocol,
  Registration,
  StationRef,
  Transaction,
} from '@voltbus/contracts';
import { checkRequest } from '@voltbus/ocpp';
import { Outbox, openDatabase, type OutboxEvent } from '@voltbus/database';
import type { StationMessage } from '@voltbus/service';
import { freshDatabase, keepsContract, silentLogger, testMetrics } from '@voltbus/testing';
import { SCHEMA, migrations } from '../store/migrations';
import { makePartitions } from '../metering/store/typeorm-partitions';
import { wire, type Wired, type WiringParts } from '../wiring';

/** For specs: the service on a database of its own, spoken to as its lane does. */
export interface ServiceFixture extends Wired {
  database: Awaited<ReturnType<typeof openDatabase>>;
  /** Everything told, in order. */
  published: OutboxEvent[];
  /** What stations were wished to be asked. */
  sent: CommandRequest[];
  /** What of that action was wished last; throws where nothing was. */
  lastSent(action: string): CommandRequest;
  /** The bus takes no wishes. */
  sendingFails: boolean;
  /** Now, for what the service does by itself; what stations say has its own time of receipt. */
  clock: { at(): Date };
  /** The process dies and another one goes on, with the same database. */
  restart(): void;
  /** A station says something; what it is answered. */
  receive(station: SendingStation, action: string, payload: object): Promise<Record<string, unknown>>;
  /** The same as it comes from a station, which writes as it likes: read as the lane reads it. Throws the `OcppError` that it is told. */
  receiveRaw(station: SendingStation, action: string, payload: object): Promise<Record<string, unknown>>;
  /** Several stations at once, in one batch. */
  receiveMany(messages: readonly { station: SendingStation; action: string; payload: object }[]): Promise<void>;
  /** The station is connected, as everybody here hears it; each time anew. */
  connect(ref: StationRef, protocol: Protocol): Promise<ConnectionEvent>;
  transactionsOf(station: string): Promise<Transaction[]>;
  publishedEnds(station: string): EndedTransaction[];
  close(): Promise<void>;
}

export interface SendingStation extends Partial<StationRef> {
  protocol: Protocol;
  receivedAt?: Date;
  registration?: Registration;
  leniency?: readonly string[];
}

class RecordingOutbox extends Outbox {
  readonly published: OutboxEvent[] = [];
  override async add(manager: Parameters<Outbox['add']>[0], events: OutboxEvent[]): Promise<void> {
    await super.add(manager, events);
    for (const { topic, event, value } of events) keepsContract({ topic: topic.name, type: event.type, value });
    this.published.push(...events);
  }
}

/** How long nothing may be heard of an open transaction. */
export const SILENT_MS = 12 * 3_600_000;
/** How long a station goes without hearing what its transaction costs. */
export const COST_MS = 60_000;

/** How what was wished of a station ended: answered, unless said otherwise. */
export function commandEnd(request: CommandRequest, how: Partial<Command>): Command {
  return { ...request, status: 'answered', response: null, error: null, createdAt: '', sentAt: null, endedAt: '', ...how };
}

/** A responder of a test answers; on a busy machine not within the time that a station waits. */
const PATIENT_MS = 60_000;

let messages = 0;
let epoch = 0;

export async function startService(
  outside: Pick<WiringParts, 'authorizer' | 'fallback'> & { vatUrl?: string } = { authorizer: null, fallback: 'own' },
  contracts: WiringParts['contracts'] = { roots: undefined, ocspHosts: [], ocspUnavailable: 'refuse' },
): Promise<ServiceFixture> {
  const { url, drop } = await freshDatabase();
  const database = await openDatabase({ url, schema: SCHEMA, migrations, poolSize: 4, applicationName: 'spec' });
  await makePartitions(database, new Date());
  const outbox = new RecordingOutbox(SCHEMA);
  const asked: CommandRequest[] = [];
  const sendCommand = (request: CommandRequest) =>
    fixture.sendingFails ? Promise.reject(new Error('the bus is away')) : Promise.resolve(void asked.push(request));
  const clock = { at: () => new Date() };
  const build = () =>
    wire({
      database,
      outbox,
      logger: silentLogger,
      metrics: testMetrics(),
      wakeRelay: () => undefined,
      staleAfterMs: SILENT_MS,
      costMs: COST_MS,
      sendCommand,
      authorizer: outside.authorizer,
      fallback: outside.fallback,
      payments: { receiptUrl: 'https://receipts.example/{transaction}?psp={pspRef}', vatUrl: outside.vatUrl },
      contracts: { ocspTimeoutMs: PATIENT_MS, ...contracts },
      now: () => clock.at(),
    });
  let wired = build();
  const handlerOf = ({ protocol, action }: Pick<StationMessage, 'protocol' | 'action'>) => {
    const handler = wired.table[protocol === 'ocpp1.6' ? 'ocpp16' : 'ocpp2'][action];
    if (handler === undefined) throw new Error(`no answer to ${action}`);
    return handler;
  };
  const fixture: ServiceFixture = {
    ...wired,
    database,
    published: outbox.published,
    sent: asked,
    sendingFails: false,
    lastSent(action) {
      const request = asked.findLast((one) => one.action === action);
      if (request === undefined) throw new Error(`${action} was not asked`);
      return request;
    },
    clock,
    restart: () => void Object.assign(fixture, (wired = build())),
    async receive(station, action, payload) {
      const message = messageFrom(station, action, payload);
      const handler = handlerOf(message);
      if (handler.shape === 'key') return { ...(await handler.decide(message)).payload };
      await handler.store([message]);
      return { ...handler.answer?.(message) };
    },
    async receiveRaw(station, action, payload) {
      const checked = checkRequest(station.protocol, action, payload, 'inbound');
      if (!checked.ok) throw checked.error;
      return fixture.receive({ ...station, leniency: checked.leniency }, action, checked.payload as object);
    },
    async receiveMany(said) {
      const batch = said.map(({ station, action, payload }) => messageFrom(station, action, payload));
      const handler = batch[0] === undefined ? null : handlerOf(batch[0]);
      if (handler?.shape !== 'batch') throw new Error('not stored in batches');
      await handler.store(batch);
    },
    async connect(ref, protocol) {
      const event = { ...ref, protocol, epoch: ++epoch, gateway: 'gw', at: new Date().toISOString(), reason: 'connected' as const };
      for (const one of [wired.presence, wired.capabilities, wired.localLists]) await one.onConnected(event);
      return event;
    },
    transactionsOf: (station) => wired.views.page('default', { station }, { limit: 100, after: null }),
    publishedEnds: (station) =>
      // what is told to have ended is an EndedTransaction
      outbox.published
        .filter(({ event, ref }) => event.type.endsWith('ended') && ref.station === station)
        .map(({ value }) => value as EndedTransaction),
    async close() {
      await database.destroy();
      await drop();
    },
  };
  return fixture;
}

function messageFrom(
  { tenant, station, protocol, receivedAt, registration, leniency }: SendingStation,
  action: string,
  payload: object,
): StationMessage<never> {
  return {
    ref: { tenant: tenant ?? 'default', station: station ?? 'CS-1' },
    protocol,
    action,
    messageId: `m${messages++}`,
    // the spec's author knows the action's payload
    payload: payload as never,
    receivedAt: receivedAt ?? new Date(),
    registration: registration ?? 'accepted',
    returnTo: { inst: 'gw-00000000', bucket: 0, epoch: 1 },
    checked: 'strict',
    awaited: true,
    leniency: leniency ?? [],
  };
}

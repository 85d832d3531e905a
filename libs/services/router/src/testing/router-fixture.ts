import { MemoryBus, type BusRecord } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import {
  COMMAND_RESULTS,
  DOWNLINK,
  META_HEADER,
  parseStationKey,
  unpackDownlink,
  type CallOutcome,
  type CallResult,
  type Command,
  type DownlinkCall,
  type DownlinkMeta,
  type Protocol,
} from '@voltbus/contracts';
import { Outbox, type OutboxEvent } from '@voltbus/database';
import type { CommandToSend } from '@voltbus/service';
import { freshDatabase, keepsContract, silentLogger, testMetrics, type TestMetrics } from '@voltbus/testing';
import type { CommandState } from '../commands/domain/command';
import { openRouter, type OpenedRouter } from './open-router';

/** A call that a gateway received on its bucket. */
type DispatchedCall = Extract<DownlinkMeta, { kind: 'call' }> & DownlinkCall & { station: string; bucket: number };

/** The router on a database of its own, with a gateway that records calls. The clock stands still unless it is moved. */
export interface RouterFixture {
  service: OpenedRouter;
  bus: MemoryBus;
  connections: MemoryConnections;
  metrics: TestMetrics;
  calls: DispatchedCall[];
  clock: Clock;
  /** Connects the station and returns its epoch. */
  connect(station: string, options?: { protocol?: Protocol; inst?: string; bucket?: number }): Promise<number>;
  accept(request: Partial<CommandToSend> & { station: string }): Promise<Command>;
  acceptState(request: Partial<CommandToSend> & { station: string }): Promise<CommandState>;
  /** Lets a router send every command that can be sent. */
  dispatch(by?: OpenedRouter): Promise<void>;
  /** The calls that gateways received for the station, after every command that can be sent was sent. */
  dispatched(station: string): Promise<DispatchedCall[]>;
  /** A command that a gateway was given for the station, and the call. */
  inFlight(station: string): Promise<{ command: Command; call: DispatchedCall }>;
  /** Records a result of the gateway for a call. */
  record(call: DispatchedCall, outcome: CallOutcome, sentAt?: number | null): Promise<void>;
  /** The command as it is now. */
  current(command: Command): Promise<Command>;
  /** The events about the command's end. */
  endEvents(command: Command): Command[];
  /** The router of another process on the same database. */
  another(): Promise<OpenedRouter>;
  close(): Promise<void>;
}

/** Records the ends of commands that are published. */
class RecordingOutbox extends Outbox {
  readonly commands: Command[] = [];

  override async add(manager: Parameters<Outbox['add']>[0], events: OutboxEvent[]): Promise<void> {
    await super.add(manager, events);
    for (const { topic, event, value } of events) {
      keepsContract({ topic: topic.name, type: event.type, value });
      if (topic === COMMAND_RESULTS) this.commands.push(value as Command); // of this topic's one type
    }
  }
}

class Clock {
  private ms = Date.parse('2026-05-01T10:00:00.000Z');
  readonly now = (): Date => new Date(this.ms);
  pass(seconds: number): Date {
    this.ms += seconds * 1_000;
    return this.now();
  }
}

export async function startRouter(): Promise<RouterFixture> {
  const { url, drop } = await freshDatabase();
  const metrics = testMetrics();
  const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const connections = new MemoryConnections({ leaseTtlMs: 3_600_000 });
  const clock = new Clock();
  const outbox = new RecordingOutbox('router');
  const open = () => openRouter({ url, bus, connections, metrics, outbox, now: clock.now });
  const service = await open();
  const services = [service];
  const calls: DispatchedCall[] = [];
  await bus.follow({ name: 'gateways', topic: DOWNLINK, handle: (record) => calls.push(callIn(record)) });
  const acceptState: RouterFixture['acceptState'] = async ({ station, ...request }) => {
    const { state } = await service.commands.accept({
      ref: { tenant: 'default', station },
      action: 'Reset',
      payload: { type: 'Soft' },
      requestedBy: 'spec',
      ...request,
    });
    return state;
  };
  const connect: RouterFixture['connect'] = async (station, { protocol = 'ocpp1.6', inst = 'gw-1', bucket = 3 } = {}) => {
    await connections.renewLease({ inst, bucket });
    return (await connections.acquire({ tenant: 'default', station }, { inst, bucket, protocol, lastSeenAt: 0 })).epoch;
  };
  const dispatch = async ({ dispatcher } = service): Promise<void> => {
    dispatcher.wake();
    await dispatcher.idle();
  };
  const dispatched = async (station: string): Promise<DispatchedCall[]> => {
    await dispatch();
    return calls.filter((call) => call.station === station);
  };
  return {
    service,
    bus,
    connections,
    metrics,
    calls,
    clock,
    connect,
    dispatch,
    dispatched,
    async inFlight(station) {
      await connect(station);
      const { command } = await acceptState({ station });
      const call = (await dispatched(station)).at(-1);
      if (call === undefined) throw new Error('nothing was sent');
      return { command, call };
    },
    acceptState,
    accept: async (request) => (await acceptState(request)).command,
    record: (call, outcome, sentAt = clock.now().getTime()) => service.results.record(resultOf(call, outcome, sentAt, clock)),
    async current({ tenant, id }) {
      const command = await service.store.find(tenant, id);
      if (command === null) throw new Error('no such command');
      return command;
    },
    endEvents: ({ id }) => outbox.commands.filter((command) => command.id === id),
    async another() {
      const other = await open();
      services.push(other);
      return other;
    },
    async close() {
      for (const one of services) {
        await one.service.stop();
        await one.database.destroy();
      }
      await bus.close();
      await drop();
    },
  };
}

function callIn(record: BusRecord): DispatchedCall {
  const meta = unpackDownlink(record.headers[META_HEADER]);
  if (meta.kind !== 'call') throw new Error(`the router sent a ${meta.kind}`);
  const call = JSON.parse(record.value.toString()) as DownlinkCall;
  return { ...meta, ...call, station: parseStationKey(record.key).station, bucket: record.partition };
}

function resultOf(
  { commandId, station, action, payload, inst, epoch }: DispatchedCall,
  outcome: CallOutcome,
  sentAt: number | null,
  clock: Clock,
): CallResult {
  const at = clock.now().getTime();
  return { commandId, tenant: 'default', station, protocol: 'ocpp1.6', action, request: payload, outcome, inst, epoch, sentAt, at };
}

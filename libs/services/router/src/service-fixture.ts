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
import type { CommandToSend } from '@voltbus/service';
import { freshDatabase, keepsContract, silentLogger, testMetrics, type TestMetrics } from '@voltbus/testing';
import type { CommandState } from './domain/command';
import { openService, type Service } from './wiring';

/** What a gateway saw on its bucket. */
export type Seen = Extract<DownlinkMeta, { kind: 'call' }> & DownlinkCall & { station: string; bucket: number };

/** For specs: the service on a database of its own, between a gateway and those who ask. The clock stands still unless it is moved. */
export interface ServiceFixture {
  service: Service;
  bus: MemoryBus;
  connections: MemoryConnections;
  metrics: TestMetrics;
  seen: Seen[];
  clock: Clock;
  /** The station connects; its epoch. */
  connect(station: string, options?: { protocol?: Protocol; inst?: string; bucket?: number }): Promise<number>;
  accept(wish: Partial<CommandToSend> & { station: string }): Promise<Command>;
  acceptState(wish: Partial<CommandToSend> & { station: string }): Promise<CommandState>;
  /** What the gateway says of a call it saw. */
  settle(call: Seen, outcome: CallOutcome, sentAt?: number | null): Promise<void>;
  /** The command as it is now. */
  now(command: Command): Promise<Command>;
  /** What the topic has said of the command's end. */
  told(command: Command): Promise<Command[]>;
  /** The service as another process has it, on the same database. */
  another(): Promise<Service>;
  close(): Promise<void>;
}

export class Clock {
  private ms = Date.parse('2026-05-01T10:00:00.000Z');
  readonly now = (): Date => new Date(this.ms);
  pass(seconds: number): Date {
    this.ms += seconds * 1_000;
    return this.now();
  }
}

export async function startService(): Promise<ServiceFixture> {
  const { url, drop } = await freshDatabase();
  const metrics = testMetrics();
  const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const connections = new MemoryConnections({ leaseTtlMs: 3_600_000 });
  const clock = new Clock();
  const open = async (): Promise<Service> => {
    const parts = { bus, connections, logger: silentLogger, metrics, now: clock.now };
    const opened = await openService({ url, poolSize: 4, callTimeoutSeconds: 30, pepper: 'p'.repeat(32), ...parts });
    await opened.relay.stop(); // what was told stays in the outbox, to be counted
    return opened;
  };
  const service = await open();
  const services = [service];
  const seen: Seen[] = [];
  await bus.follow({ name: 'gateways', topic: DOWNLINK, handle: (record) => seen.push(seenIn(record)) });
  const acceptState: ServiceFixture['acceptState'] = ({ station, ...wish }) =>
    service.commands.accept({
      ref: { tenant: 'default', station },
      action: 'Reset',
      payload: { type: 'Soft' },
      requestedBy: 'spec',
      ...wish,
    });
  return {
    service,
    bus,
    connections,
    metrics,
    seen,
    clock,
    async connect(station, { protocol = 'ocpp1.6', inst = 'gw-1', bucket = 3 } = {}) {
      const ref = { tenant: 'default', station };
      await connections.renewLease({ inst, bucket });
      return (await connections.acquire(ref, { inst, bucket, protocol, lastSeenAt: 0 })).epoch;
    },
    acceptState,
    accept: async (wish) => (await acceptState(wish)).command,
    settle: (call, outcome, sentAt = clock.now().getTime()) => service.settlements.settle(resultOf(call, outcome, sentAt, clock)),
    async now({ tenant, id }) {
      const command = await service.store.find(tenant, id);
      if (command === null) throw new Error('no such command');
      return command;
    },
    async told({ id }) {
      const rows: { value: string }[] = await service.database.query('SELECT value FROM router.outbox WHERE topic = $1 ORDER BY id', [
        COMMAND_RESULTS.name,
      ]);
      const commands = rows.map(({ value }) => JSON.parse(value) as Command);
      for (const value of commands) keepsContract({ topic: COMMAND_RESULTS.name, type: 'voltbus.command.ended', value });
      return commands.filter((command) => command.id === id);
    },
    async another() {
      const other = await open();
      services.push(other);
      return other;
    },
    async close() {
      for (const one of services) await one.database.destroy();
      await bus.close();
      await drop();
    },
  };
}

function seenIn(record: BusRecord): Seen {
  const meta = unpackDownlink(record.headers[META_HEADER]);
  if (meta.kind !== 'call') throw new Error(`the router sent a ${meta.kind}`);
  const call = JSON.parse(record.value.toString()) as DownlinkCall;
  return { ...meta, ...call, station: parseStationKey(record.key).station, bucket: record.partition };
}

export function resultOf(
  { commandId, station, action, payload, inst, epoch }: Seen,
  outcome: CallOutcome,
  sentAt: number | null,
  clock: Clock,
): CallResult {
  const at = clock.now().getTime();
  return { commandId, tenant: 'default', station, protocol: 'ocpp1.6', action, request: payload, outcome, inst, epoch, sentAt, at };
}

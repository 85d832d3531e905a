import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import type { Protocol, Registration, StationProfile, StationRef } from '@voltbus/contracts';
import { Outbox } from '@voltbus/database';
import type { StationMessage } from '@voltbus/service';
import { freshDatabase, silentLogger, testMetrics, type TestMetrics } from '@voltbus/testing';
import { SCHEMA } from '../store/migrations/index';
import { TypeormStations } from '../provisioning/store/typeorm-stations';
import { openService, type Service, type ServiceParts } from '../wiring';

export const PEPPER = 'pepper'.repeat(6);
export const HEARTBEAT_SECONDS = 120;

export interface SentBy extends Partial<StationRef> {
  protocol: Protocol;
  epoch?: number;
  receivedAt?: Date;
}

/** For specs: the service on a database of its own, spoken to as its lane does. */
export interface ServiceFixture extends Service {
  bus: MemoryBus;
  connections: MemoryConnections;
  metrics: TestMetrics;
  /** A station says something; what it is answered. */
  say(station: SentBy, action: string, payload: object): Promise<{ payload: Record<string, unknown>; registration?: Registration }>;
  /** Several messages in one batch. */
  sayMany(messages: readonly { station: SentBy; action: string; payload: object }[]): Promise<void>;
  /** What gateways are told of these stations. */
  profilesOf(refs: readonly StationRef[]): Promise<StationProfile[]>;
  close(): Promise<void>;
}

let messages = 0;

export async function startService(limits: Pick<ServiceParts, 'maxRegistered'> = {}): Promise<ServiceFixture> {
  const { url, drop } = await freshDatabase();
  const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const connections = new MemoryConnections({ leaseTtlMs: 3_600_000 });
  const metrics = testMetrics();
  const parts = { bus, connections, logger: silentLogger, metrics };
  const service = await openService({ url, poolSize: 4, pepper: PEPPER, heartbeatSeconds: HEARTBEAT_SECONDS, ...limits, ...parts });
  const profileStore = new TypeormStations(service.database, new Outbox(SCHEMA), limits.maxRegistered ?? 1_000);
  const handlerOf = ({ protocol, action }: Pick<StationMessage, 'protocol' | 'action'>) => {
    const handler = service.table[protocol === 'ocpp1.6' ? 'ocpp16' : 'ocpp2'][action];
    if (handler === undefined) throw new Error(`no answer to ${action}`);
    return handler;
  };
  return {
    ...service,
    bus,
    connections,
    metrics,
    async say(station, action, payload) {
      const message = messageFrom(station, action, payload);
      const handler = handlerOf(message);
      if (handler.shape === 'key') {
        const { payload: answer, ...rest } = await handler.decide(message);
        return { payload: { ...answer }, ...rest };
      }
      await handler.store([message]);
      return { payload: { ...handler.answer?.(message) } };
    },
    async sayMany(said) {
      const batch = said.map(({ station, action, payload }) => messageFrom(station, action, payload));
      const handler = batch[0] === undefined ? null : handlerOf(batch[0]);
      if (handler?.shape !== 'batch') throw new Error('not stored in batches');
      await handler.store(batch);
    },
    profilesOf: (refs) => profileStore.profiles(refs),
    async close() {
      await bus.close();
      await service.database.destroy();
      await drop();
    },
  };
}

function messageFrom({ tenant, station, protocol, receivedAt, epoch }: SentBy, action: string, payload: object): StationMessage<never> {
  return {
    ref: { tenant: tenant ?? 'default', station: station ?? 'CS-1' },
    protocol,
    action,
    messageId: `m${messages++}`,
    // the spec's author knows the action's payload
    payload: payload as never,
    receivedAt: receivedAt ?? new Date(),
    registration: 'accepted',
    returnTo: { inst: 'gw-00000000', bucket: 0, epoch: epoch ?? 1 },
    checked: 'strict',
    awaited: true,
    leniency: [],
  };
}

import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import type { EventType, Protocol, Registration, StationProfile, StationRef, Tenant } from '@voltbus/contracts';
import type { StationUses } from '@voltbus/http';
import { readSettings } from '@voltbus/runtime';
import { Service, type StationMessage } from '@voltbus/service';
import { extended, freshDatabase, silentLogger, testMetrics, type TestMetrics } from '@voltbus/testing';
import { apiKeys } from '../api-keys/block';
import { availability } from '../availability/block';
import { deviceModel } from '../device-model/block';
import { display } from '../display/block';
import { installedCertificates } from '../installed-certificates/block';
import { messageLog } from '../message-log/block';
import { provisioning } from '../provisioning/block';
import type { StationUpdate } from '../provisioning/stations';
import { refusedConnections } from '../refused-connections/block';
import { securityEvents } from '../security-events/block';
import { securityProfileUpgrade } from '../security-profile-upgrade/block';
import { deviceConfig } from '../service';
import { tenants } from '../tenants/block';
import { deliver } from './deliver';

export const PEPPER = 'pepper'.repeat(6);
export const HEARTBEAT_SECONDS = 120;

export interface SentBy extends Partial<StationRef> {
  protocol: Protocol;
  epoch?: number;
  receivedAt?: Date;
}

/** Nothing refers to a station. */
export const noUses: StationUses = { usersOf: () => Promise.resolve([]) };

function mustExist(station: object | null): void {
  if (station === null) throw new Error('no such station');
}

/** Changes as specs write them: some members of a station, and a whole tenant, whatever was stored. */
function changesOf(service: Service) {
  const [{ stations }, { tenants: stored }] = [service.use(provisioning), service.use(tenants)];
  return {
    stations: extended(stations, {
      put: (ref: StationRef, update: StationUpdate) => stations.change(ref, () => update),
      forget: (ref: StationRef) => stations.remove(ref, mustExist, noUses),
    }),
    tenants: extended(stored, {
      put: (tenant: Tenant, now: Date) => stored.change(tenant.tenant, now, () => Promise.resolve(tenant)),
      forget: (tenant: string, now: Date) => stored.remove(tenant, now, () => undefined),
    }),
  };
}

/** Everything that the blocks of a service have built, for specs. */
export function partsOf(service: Service) {
  return {
    ...service.use(availability),
    ...service.use(provisioning),
    ...service.use(messageLog),
    ...service.use(tenants),
    ...changesOf(service),
    profileStore: service.storeOf(provisioning).stations,
    partitionStore: service.storeOf(messageLog).partitions,
    deviceModel: service.use(deviceModel),
    display: service.use(display),
    installedCertificates: service.use(installedCertificates),
    securityProfileUpgrades: service.use(securityProfileUpgrade).upgrades,
    refusedConnections: service.use(refusedConnections),
    securityEvents: service.use(securityEvents).store,
    apiKeys: service.use(apiKeys),
    table: service.table,
    database: service.database,
  };
}

/** The service on a database of its own; messages reach it as its lane hands them over. */
export interface ServiceFixture extends ReturnType<typeof partsOf> {
  service: Service;
  bus: MemoryBus;
  connections: MemoryConnections;
  metrics: TestMetrics;
  /** A station's message; resolves to its answer. */
  send(station: SentBy, action: string, payload: object): Promise<{ payload: Record<string, unknown>; registration?: Registration }>;
  /** Several messages in one batch. */
  sendMany(messages: readonly { station: SentBy; action: string; payload: object }[]): Promise<void>;
  /** The profiles that gateways are sent for these stations. */
  profilesOf(refs: readonly StationRef[]): Promise<StationProfile[]>;
  /** Hands events to the blocks that subscribe to them; they may be wrong on purpose. */
  deliver(event: EventType, values: readonly object[]): Promise<void>;
  close(): Promise<void>;
}

let messages = 0;

export async function startService(environment: Readonly<Record<string, string>> = {}): Promise<ServiceFixture> {
  const { url, drop } = await freshDatabase();
  const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const connections = new MemoryConnections({ leaseTtlMs: 3_600_000 });
  const metrics = testMetrics();
  const settings = settingsOf({ VOLTBUS_DATABASE_URL: url, ...environment });
  const commands = { sendCommand: () => Promise.reject(new Error('no router in this process')) };
  const service = await Service.open(deviceConfig, { settings, bus, connections, logger: silentLogger, metrics, commands });
  const parts = partsOf(service);
  const handlerOf = ({ protocol, action }: Pick<StationMessage, 'protocol' | 'action'>) => {
    const handler = service.table[protocol === 'ocpp1.6' ? 'ocpp16' : 'ocpp2'][action];
    if (handler === undefined) throw new Error(`no answer to ${action}`);
    return handler;
  };
  return {
    ...parts,
    service,
    bus,
    connections,
    metrics,
    async send(station, action, payload) {
      const message = messageFrom(station, action, payload);
      const handler = handlerOf(message);
      if (handler.shape === 'key') {
        const { payload: answer, ...rest } = await handler.decide(message);
        return { payload: { ...answer }, ...rest };
      }
      await handler.store([message]);
      return { payload: { ...handler.answer?.(message) } };
    },
    async sendMany(given) {
      const batch = given.map(({ station, action, payload }) => messageFrom(station, action, payload));
      const handler = batch[0] === undefined ? null : handlerOf(batch[0]);
      if (handler?.shape !== 'batch') throw new Error('not stored in batches');
      await handler.store(batch);
    },
    profilesOf: (refs) => parts.profileStore.profiles(refs),
    deliver: (event, values) => deliver(service, event, values),
    async close() {
      await service.stop();
      await bus.close();
      await service.database.destroy();
      await drop();
    },
  };
}

function settingsOf(environment: Readonly<Record<string, string>>) {
  const secrets = { VOLTBUS_ADMIN_KEY: PEPPER, VOLTBUS_KEY_PEPPER: PEPPER };
  const usual = { VOLTBUS_DATABASE_POOL: '4', VOLTBUS_HEARTBEAT_SECONDS: String(HEARTBEAT_SECONDS) };
  return readSettings({ ...secrets, ...usual, ...environment }, 'standalone', 'standalone');
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

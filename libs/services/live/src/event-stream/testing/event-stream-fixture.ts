import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { MemoryBus } from '@voltbus/bus';
import { toCloudEventHeaders, type Topic } from '@voltbus/contracts';
import {
  API_KEYS,
  TICKET_USES,
  TicketSeal,
  httpApi,
  type ApiKeys,
  rightsOfScopes,
  type KeyHolder,
  type StationGroups,
  type StationsShown,
  type TicketUses,
} from '@voltbus/http';
import { TestApp } from '@voltbus/http/testing';
import type { Logger } from '@voltbus/telemetry';
import { silentLogger, testMetrics } from '@voltbus/testing';
import { LiveTelemetry } from '../../telemetry';
import { EVENT_STREAMS, EventStreams } from '../event-streams';
import { EventsController } from '../events.controller';
import { EventDescriptionsController } from '../../descriptions/event-descriptions.controller';
import { EventTicketsController, TICKETS } from '../../event-tickets/event-tickets.controller';
import type { EventStreamLimits } from '../limits';
import { connect, type EventClient } from './event-client';

export interface EventStreamFixture {
  streams: EventStreams;
  app: NestFastifyApplication;
  /** Valid keys and their tenants; a key of the tenant `away` cannot be checked. */
  tenants: Map<string, string>;
  /** Holders of keys that are not simply readers of their tenant. */
  holders: Map<string, Partial<KeyHolder>>;
  /** Stations of each group, of every tenant. */
  groups: Map<string, string[]>;
  /** Stations as the API shows them; `away` cannot be read. */
  stations: Map<string, object | 'away'>;
  /** Stations that were read, in order. */
  read: string[];
  publish(topic: Topic, key: string, type: string, value: unknown): Promise<void>;
  /** Without a key for null. */
  connect(key: string | null, query?: string, lastEventId?: string): Promise<EventClient>;
  close(): Promise<void>;
}

@Module({})
class TestRoot {}

interface ServeParts {
  streams: EventStreams;
  keys: ApiKeys;
  environment: Readonly<Record<string, string>>;
  logger: Logger;
}

/** `GET /v1/events` over real HTTP, on an in-process bus. */
export async function startEventStream(
  limits: Partial<EventStreamLimits> = {},
  { environment = {}, logger = silentLogger }: Partial<Pick<ServeParts, 'environment' | 'logger'>> = {},
): Promise<EventStreamFixture> {
  const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const tenants = new Map<string, string>();
  const stations = new Map<string, object | 'away'>();
  const read: string[] = [];
  const holders = new Map<string, Partial<KeyHolder>>();
  const groups = new Map<string, string[]>();
  const telemetry = new LiveTelemetry(silentLogger, testMetrics());
  const streams = new EventStreams({ bus, stations: stationsIn(stations, read), groups: groupsIn(groups), telemetry, limits });
  await streams.start();
  const app = await serve({ streams, keys: keysOf(tenants, holders), environment, logger });
  const url = await app.getUrl();
  const clients: EventClient[] = [];
  return {
    streams,
    app,
    tenants,
    holders,
    groups,
    stations,
    read,
    publish: (...event) => publish(bus, ...event),
    async connect(...options) {
      const client = await connect(url, ...options);
      clients.push(client);
      return client;
    },
    async close() {
      for (const client of clients) client.close();
      streams.drain();
      await streams.stop();
      await app.close();
      await bus.close();
    },
  };
}

async function serve({ streams, keys, environment, logger }: ServeParts): Promise<NestFastifyApplication> {
  const settings = TestApp.settings(environment);
  const providers = [
    { provide: TICKETS, useValue: new TicketSeal(settings) },
    { provide: TICKET_USES, useValue: usesInMemory() },
    { provide: API_KEYS, useValue: keys },
    { provide: EVENT_STREAMS, useValue: streams },
  ];
  const root = { module: TestRoot, controllers: [EventsController, EventTicketsController, EventDescriptionsController], providers };
  const app = await httpApi.create(root, { logger: false }, { settings, logger });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app;
}

function usesInMemory(): TicketUses {
  const used = new Set<string>();
  return { claim: (ticket) => Promise.resolve(!used.has(ticket) && used.add(ticket).has(ticket)) };
}

function keysOf(tenants: ReadonlyMap<string, string>, holders: ReadonlyMap<string, Partial<KeyHolder>>): ApiKeys {
  const find = (key: string): Promise<KeyHolder | null> => {
    const tenant = tenants.get(key);
    if (tenant === 'away') return Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }));
    const reader = { id: key, rights: rightsOfScopes(['read']), stationGroups: null };
    return Promise.resolve(tenant === undefined ? null : { ...reader, tenant, ...holders.get(key) });
  };
  return {
    holderOf: find,
    holderWithId: find,
  };
}

function groupsIn(groups: ReadonlyMap<string, string[]>): StationGroups {
  const stationsOf = (names: readonly string[]) => names.flatMap((name) => groups.get(name) ?? []);
  return {
    has: ({ station }, names) => Promise.resolve(stationsOf(names).includes(station)),
    stationsIn: (_tenant, names, most) => Promise.resolve(stationsOf(names).slice(0, most)),
  };
}

function stationsIn(stations: ReadonlyMap<string, object | 'away'>, read: string[]): StationsShown {
  return {
    find({ station }) {
      read.push(station);
      const shown = stations.get(station) ?? null;
      return shown === 'away' ? Promise.reject(new Error('away')) : Promise.resolve(shown);
    },
  };
}

function publish(bus: MemoryBus, topic: Topic, key: string, type: string, value: unknown): Promise<void> {
  const [tenant = ''] = key.split('/');
  const event = { id: 'e', type, source: '/voltbus/test', time: new Date().toISOString(), subject: key, tenant };
  return bus.publish(topic, { key, value: Buffer.from(JSON.stringify(value)), headers: toCloudEventHeaders(event) });
}

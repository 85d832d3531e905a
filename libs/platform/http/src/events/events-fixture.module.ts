import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { MemoryBus } from '@voltbus/bus';
import { toCloudEventHeaders, type Topic } from '@voltbus/contracts';
import { silentLogger, testMetrics } from '@voltbus/testing';
import { API_KEYS, type ApiKeys } from '../api-keys';
import { BareFace } from '../bare-face.module';
import { httpFace } from '../http-face';
import { EVENT_DESK, EventDesk } from './event-desk';
import type { EventLimits } from './event-limits';
import { EventsController } from './events.controller';
import type { StationsShown } from './station-news';

export interface Told {
  event?: string;
  id?: string;
  data?: string;
}

/** A client as a browser is one: it reads events off a response. */
export class Client {
  private text = '';
  private readonly ended: Promise<void>;

  constructor(
    readonly response: IncomingMessage,
    readonly close: () => void,
  ) {
    response.setEncoding('utf8');
    this.ended = new Promise((resolve) => response.once('close', resolve).once('error', () => resolve()));
  }

  /** The next block of the stream, comments left out; null at its end. */
  async next(): Promise<Told | null> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end < 0) {
        const chunk = await this.read();
        if (chunk === null) return null;
        this.text += chunk;
        continue;
      }
      const lines = this.text.slice(0, end).split('\n');
      this.text = this.text.slice(end + 2);
      const fields = lines
        .filter((line) => !line.startsWith(':'))
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
      if (fields.length > 0) return Object.fromEntries(fields) as Told; // the fields of an event are text
    }
  }

  async take(count: number): Promise<(Told | null)[]> {
    const told: (Told | null)[] = [];
    while (told.length < count) told.push(await this.next());
    return told;
  }

  private async read(): Promise<string | null> {
    for (;;) {
      const chunk = this.response.read() as string | null; // as its encoding has it
      if (chunk !== null) return chunk;
      if (this.response.destroyed || this.response.readableEnded) return null;
      await Promise.race([once(this.response, 'readable').catch(() => undefined), this.ended]);
    }
  }
}

export interface EventsFixture {
  desk: EventDesk;
  app: NestFastifyApplication;
  /** Keys that are good, and their tenants: `away` cannot be judged. */
  tenants: Map<string, string>;
  /** Stations as they are read; one that is missing is told to nobody, `away` cannot be read. */
  stations: Map<string, object | 'away'>;
  /** Stations that were read, in order. */
  read: string[];
  publish(topic: Topic, key: string, type: string, value: unknown): Promise<void>;
  connect(key: string, query?: string, lastEventId?: string): Promise<Client>;
  close(): Promise<void>;
}

@Module({})
class World {}

/** For specs: `GET /v1/events` over real HTTP, on an in-process bus. */
export async function startEvents(limits: Partial<EventLimits> = {}): Promise<EventsFixture> {
  const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const tenants = new Map<string, string>();
  const stations = new Map<string, object | 'away'>();
  const read: string[] = [];
  const parts = { bus, stations: stationsIn(stations, read), logger: silentLogger, metrics: testMetrics() };
  const desk = new EventDesk({ ...parts, limits });
  await desk.start();
  const app = await serve(desk, keysOf(tenants));
  const url = await app.getUrl();
  const clients: Client[] = [];
  return {
    desk,
    app,
    tenants,
    stations,
    read,
    publish: (...said) => publish(bus, ...said),
    async connect(...asked) {
      const client = await connect(url, ...asked);
      clients.push(client);
      return client;
    },
    async close() {
      for (const client of clients) client.close();
      desk.closeDoor();
      await desk.stop();
      await app.close();
      await bus.close();
    },
  };
}

async function serve(desk: EventDesk, keys: ApiKeys): Promise<NestFastifyApplication> {
  const providers = [
    { provide: API_KEYS, useValue: keys },
    { provide: EVENT_DESK, useValue: desk },
  ];
  // only what the face reads of the settings; the face makes a Fastify application, whatever its port calls it
  const settings = BareFace.settings();
  const root = { module: World, controllers: [EventsController], providers };
  const app = (await httpFace.create(root, { logger: false }, settings, silentLogger)) as NestFastifyApplication;
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app;
}

function keysOf(tenants: ReadonlyMap<string, string>): ApiKeys {
  return {
    holderOf(key) {
      const tenant = tenants.get(key);
      if (tenant === 'away') return Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }));
      return Promise.resolve(tenant === undefined ? null : { id: key, tenant, scopes: ['read'] });
    },
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

async function connect(url: string, key: string, query = '', lastEventId?: string): Promise<Client> {
  const headers = { authorization: `Bearer ${key}`, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) };
  const asked = request(`${url}/v1/events${query}`, { headers, agent: false });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage]; // as node:http says it
  asked.on('error', () => undefined);
  return new Client(response, () => asked.destroy());
}

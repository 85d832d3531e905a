import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import {
  CALL_RESULTS,
  DOWNLINK,
  META_HEADER,
  parseStationKey,
  unpackDownlink,
  type CallOutcome,
  type Command,
  type DownlinkCall,
} from '@voltbus/contracts';
import { STATION_MESSAGE_LIMITS } from '@voltbus/http';
import { TestApp } from '@voltbus/http/testing';
import { serviceModules, type Service } from '@voltbus/service';
import { BUS, CONNECTIONS, HEALTH, LIFECYCLE, LOGGER, METRICS, type Part } from '@voltbus/runtime';
import { freshDatabase, silentLogger, testMetrics, type TestMetrics } from '@voltbus/testing';
import { commands } from '../commands/block';
import { router } from '../service';

interface RequestOptions {
  method?: 'GET' | 'POST';
  body?: object;
  tenant?: string;
  idempotencyKey?: string;
}

/** The router and its HTTP API on a bus and a database of their own. A gateway holds CS/1 and answers as it is set to. */
export class RouterApp {
  readonly bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  readonly connections = new MemoryConnections({ leaseTtlMs: 3_600_000 });
  readonly metrics: TestMetrics = testMetrics();
  /** The outcome of the next calls; null: the station does not answer. */
  outcome: CallOutcome | null = null;
  /** What the next commands have too much of, as the station has told its limits. */
  fault: { path: string; message: string } | null = null;
  /** Ids of the commands that reached the station, each as often as it did. */
  readonly reached: string[] = [];
  private readonly modules = serviceModules(router);
  private readonly parts: Part[] = [];
  private face: TestApp | null = null;
  private drop: () => Promise<void> = () => Promise.resolve();

  static async start(): Promise<RouterApp> {
    const app = new RouterApp();
    await app.open();
    return app;
  }

  get database() {
    return this.service.database;
  }

  /** What the block of commands has built. */
  get commands() {
    return this.service.use(commands);
  }

  request<T = Command>(url: string, { method = 'GET', body, tenant = 'default', idempotencyKey }: RequestOptions = {}) {
    const headers: Record<string, string> = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
    return this.running.request<T>(method, url, { body, tenant, headers });
  }

  /** Sends a command to a station. */
  command(body: object, more: RequestOptions = {}, station = 'CS%2F1') {
    return this.request(`/v1/stations/${station}/commands`, { method: 'POST', body, ...more });
  }

  async close(): Promise<void> {
    for (const part of [...this.parts].reverse()) await part.stop?.(5_000);
    await this.face?.close();
    await this.bus.close();
    await this.drop();
  }

  private get service(): Service {
    return this.running.get<Service>(this.modules.token);
  }

  private get running(): TestApp {
    if (this.face === null) throw new Error('the app is not started');
    return this.face;
  }

  private async open(): Promise<void> {
    const { url, drop } = await freshDatabase();
    this.drop = drop;
    await this.connections.renewLease({ inst: 'gw', bucket: 0 });
    await this.connections.acquire({ tenant: 'default', station: 'CS/1' }, { inst: 'gw', bucket: 0, protocol: 'ocpp1.6', lastSeenAt: 0 });
    this.face = await TestApp.create({
      modules: [this.modules.worker, this.modules.http],
      databaseUrl: url,
      pool: 4,
      logger: silentLogger,
      provided: [
        [BUS, this.bus],
        [CONNECTIONS, this.connections],
        [LOGGER, silentLogger],
        [METRICS, this.metrics],
        [HEALTH, { addCheck: () => undefined }],
        [STATION_MESSAGE_LIMITS, { faultIn: () => Promise.resolve(this.fault) }],
        [LIFECYCLE, { add: (_phase: string, part: Part) => this.parts.push(part) }],
      ],
    });
    for (const part of this.parts) await part.start?.();
    await this.bus.follow({
      name: 'gateway',
      topic: DOWNLINK,
      handle: ({ key, value, headers }) => void this.answer(key, value, headers[META_HEADER]),
    });
  }

  /** The gateway and its station. */
  private async answer(key: string, value: Buffer, packed: Buffer | undefined): Promise<void> {
    const meta = unpackDownlink(packed);
    if (meta.kind === 'call') this.reached.push(meta.commandId);
    if (meta.kind !== 'call' || this.outcome === null) return;
    const { action, payload } = JSON.parse(value.toString()) as DownlinkCall;
    const at = Date.now();
    const { commandId, inst, epoch } = meta;
    const call = { commandId, tenant: 'default', station: parseStationKey(key).station, protocol: 'ocpp1.6', action, request: payload };
    const result = { ...call, outcome: this.outcome, inst, epoch, sentAt: at, at };
    await this.bus.publish(CALL_RESULTS, { key, value: Buffer.from(JSON.stringify(result)) });
  }
}

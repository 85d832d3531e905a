import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBus, type OutgoingRecord } from '@voltbus/bus';
import { COMMANDS, type CommandRequest, type Protocol, type StationRef, type Topic } from '@voltbus/contracts';
import { STATION_USES, TARIFF_DIRECTORY } from '@voltbus/http';
import type { TestApp } from '@voltbus/http/testing';
import { BUS } from '@voltbus/runtime';
import { COMMAND_SENDER, type Service } from '@voltbus/service';
import { startServiceApp } from '@voltbus/service/testing';
import { silentLogger, testMetrics } from '@voltbus/testing';
import { deviceConfig } from '../../service';
import { FakeCommands, endedCommand } from '../../testing/fake-commands';
import { noTariffs } from '../../testing/start-http';
import { noUses } from '../../testing/start-service';
import { firmware } from '../block';

const ADDRESS = 'https://files.example';
const HEADERS = { authorization: `Bearer ${'k'.repeat(40)}` };

/** Keeps the commands that are put on it. */
class CommandBus extends MemoryBus {
  readonly commands: CommandRequest[] = [];

  override async publish(topic: Topic, record: OutgoingRecord, options?: { timeoutMs?: number }): Promise<void> {
    if (topic.name === COMMANDS.name) this.commands.push(JSON.parse(String(record.value)) as CommandRequest);
    await super.publish(topic, record, options);
  }
}

/** For specs: the HTTP API on a port, operators that upload images, and stations that download them. */
export class ImageSystem {
  private count = 0;

  private constructor(
    readonly app: TestApp,
    readonly service: Service,
    readonly url: string,
    private readonly folder: string,
    private readonly closeApp: () => Promise<void>,
    private readonly bus: CommandBus,
  ) {}

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<ImageSystem> {
    const folder = await mkdtemp(join(tmpdir(), 'voltbus-images-'));
    const bus = new CommandBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
    const { app, service, close } = await startServiceApp(deviceConfig, {
      environment: { VOLTBUS_UPLOAD_URL: ADDRESS, VOLTBUS_FILES_DIR: folder, ...environment },
      provided: [
        [BUS, bus],
        [STATION_USES, noUses],
        [COMMAND_SENDER, new FakeCommands()],
        [TARIFF_DIRECTORY, noTariffs],
      ],
    });
    await app.app.listen({ host: '127.0.0.1', port: 0 });
    return new ImageSystem(app, service, await app.app.getUrl(), folder, close, bus);
  }

  /** An image without a file, by its name. */
  async image(body: object = {}, tenant = 'default'): Promise<string> {
    const image = `image-${++this.count}`;
    await this.request('PUT', `/v1/firmware-images/${image}`, { body, tenant });
    return image;
  }

  /** Uploads a file, by HTTP as it is. `body`: also a stream, without a length. */
  upload(
    image: string,
    body: NonNullable<RequestInit['body']> | Uint8Array,
    { query = '', headers = {}, tenant = 'default' } = {},
  ): Promise<Response> {
    return fetch(`${this.url}/v1/firmware-images/${image}/file${query}`, {
      method: 'PUT',
      headers: { ...HEADERS, 'voltbus-tenant': tenant, 'content-type': 'application/octet-stream', ...headers },
      body: body as NonNullable<RequestInit['body']>,
      duplex: 'half',
    } as RequestInit);
  }

  async request<T = Record<string, unknown>>(
    method: string,
    path: string,
    { body, tenant = 'default' }: { body?: object; tenant?: string } = {},
  ): Promise<{ status: number; body: T }> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...HEADERS, 'voltbus-tenant': tenant, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const payload = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') === true;
    return { status: answer.status, body: (isJson ? JSON.parse(payload) : payload) as T };
  }

  /** A station that is connected. */
  async station(protocol: Protocol = 'ocpp2.0.1', tenant = 'default'): Promise<StationRef> {
    const station = `image-${++this.count}`;
    await this.request('PUT', `/v1/stations/${station}`, { body: {}, tenant });
    await this.database(
      `UPDATE device_config.stations SET online = true, registration = 'accepted', protocol = $2, booted_at = now() - interval '1 hour' WHERE station = $1`,
      [station, protocol],
    );
    return { tenant, station };
  }

  /** An update that is sent to the station: its id, and the location that the station was given. */
  async updated(ref: StationRef, image: string, body: object = {}): Promise<{ id: string; location: string; address: string }> {
    const answer = await this.request<{ id: string }>('POST', `/v1/stations/${ref.station}/firmware-updates`, {
      body: { image, ...body },
      tenant: ref.tenant,
    });
    if (answer.status !== 202) throw Object.assign(new Error(JSON.stringify(answer.body)), answer);
    const { payload } = this.sent(ref).at(-1) ?? { payload: {} };
    const { location, firmware: nested } = payload as { location?: string; firmware?: { location: string } };
    const given = location ?? nested?.location ?? '';
    return { id: answer.body.id, location: given, address: given.replace(ADDRESS, this.url) };
  }

  /** Commands that were sent to the station, oldest first. */
  sent({ station }: StationRef): CommandRequest[] {
    return this.bus.commands.filter((one) => one.station === station);
  }

  async accept(ref: StationRef, response: object = { status: 'Accepted' }): Promise<void> {
    const request = this.sent(ref).at(-1);
    if (request === undefined) throw new Error('nothing was sent');
    await this.service.use(firmware).requests.onEnded(endedCommand({ ...request, response }));
  }

  report(ref: StationRef, status: string, at = new Date()): Promise<boolean> {
    return this.service.use(firmware).requests.onStatus(ref, { status, requestId: null, at });
  }

  sweep(): Promise<void> {
    return this.service.use(firmware).sweep.run();
  }

  /** Names of the files below the folder, whole or not. */
  async files(): Promise<string[]> {
    const entries = await readdir(this.folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  }

  rows(): Promise<{ id: string; image: string }[]> {
    return this.database('SELECT id, image FROM device_config.firmware_files');
  }

  database<T = unknown>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    return this.service.database.query(sql, parameters);
  }

  async close(): Promise<void> {
    await this.closeApp();
    await rm(this.folder, { recursive: true, force: true });
  }
}

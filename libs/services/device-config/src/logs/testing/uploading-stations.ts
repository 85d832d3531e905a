import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBus, type OutgoingRecord } from '@voltbus/bus';
import { COMMANDS, type Topic, type Command, type CommandRequest, type Protocol, type StationRef } from '@voltbus/contracts';
import { STATION_USES, TARIFF_DIRECTORY } from '@voltbus/http';
import { BUS } from '@voltbus/runtime';
import type { TestApp } from '@voltbus/http/testing';
import { COMMAND_SENDER, type Service } from '@voltbus/service';
import { startServiceApp } from '@voltbus/service/testing';
import { silentLogger, testMetrics } from '@voltbus/testing';
import { deviceConfig } from '../../service';
import { FakeCommands, endedCommand } from '../../testing/fake-commands';
import { noTariffs } from '../../testing/start-http';
import { noUses } from '../../testing/start-service';
import { logs } from '../block';

export const UPLOAD_URL = 'https://uploads.example';
export const MAX_BYTES = 1_000_000;

interface LogView {
  id: string;
  requestId: number;
  state: string;
  reason: string | null;
  uploadFault: string | null;
  fileName: string | null;
  rebootedAt: string | null;
  expiresAt: string;
  statuses: { status: string }[];
  file: { name: string; sizeBytes: number; sha256: string } | null;
}

/** Keeps the commands that are put on it. */
class CommandBus extends MemoryBus {
  readonly commands: CommandRequest[] = [];

  override async publish(topic: Topic, record: OutgoingRecord, options?: { timeoutMs?: number }): Promise<void> {
    if (topic.name === COMMANDS.name) this.commands.push(JSON.parse(String(record.value)) as CommandRequest);
    await super.publish(topic, record, options);
  }
}

/** For specs: the HTTP API on a port, and stations that upload to it. */
export class UploadingStations {
  private count = 0;

  private constructor(
    readonly app: TestApp,
    readonly service: Service,
    readonly url: string,
    private readonly folder: string,
    private readonly closeApp: () => Promise<void>,
    private readonly bus: CommandBus,
  ) {}

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<UploadingStations> {
    const folder = await mkdtemp(join(tmpdir(), 'voltbus-files-'));
    const bus = new CommandBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
    const { app, service, close } = await startServiceApp(deviceConfig, {
      environment: {
        ...{ VOLTBUS_UPLOAD_URL: UPLOAD_URL, VOLTBUS_UPLOAD_MAX_MB: '1', VOLTBUS_FILES_DIR: folder, VOLTBUS_FILES_MB_PER_TENANT: '4' },
        ...environment,
      },
      provided: [
        [BUS, bus],
        [STATION_USES, noUses],
        [COMMAND_SENDER, new FakeCommands()],
        [TARIFF_DIRECTORY, noTariffs],
      ],
    });
    await app.app.listen({ host: '127.0.0.1', port: 0 });
    return new UploadingStations(app, service, await app.app.getUrl(), folder, close, bus);
  }

  /** A station that is connected. */
  async connected(protocol: Protocol = 'ocpp2.0.1'): Promise<StationRef> {
    const station = `log-${++this.count}`;
    await this.app.request('PUT', `/v1/stations/${station}`, { body: {} });
    await this.database(
      `UPDATE device_config.stations SET online = true, registration = 'accepted', protocol = $2, booted_at = now() - interval '1 hour' WHERE station = $1`,
      [station, protocol],
    );
    return { tenant: 'default', station };
  }

  async ask({ station }: StationRef, body: object = {}): Promise<LogView> {
    const answer = await this.app.request<LogView>('POST', `/v1/stations/${station}/logs`, { body });
    if (answer.status !== 202) throw Object.assign(new Error(JSON.stringify(answer.body)), answer);
    return answer.body;
  }

  async shown(id: string): Promise<LogView> {
    return (await this.app.request<LogView>('GET', `/v1/logs/${id}`)).body;
  }

  async outcome(id: string): Promise<[string, string | null]> {
    const { state, reason } = await this.shown(id);
    return [state, reason];
  }

  /** Commands that were sent to the station, oldest first. */
  sent({ station }: StationRef): CommandRequest[] {
    return this.bus.commands.filter((one) => one.station === station);
  }

  /** The station answers the command that was sent for the log last. */
  async answer(ref: StationRef, response: object, more: Partial<Command> = {}): Promise<void> {
    const request = this.sent(ref).at(-1);
    if (request === undefined) throw new Error('nothing was sent');
    await this.service.use(logs).requests.onEnded(endedCommand({ ...request, response, ...more }));
  }

  /** A log that the station has accepted, and the address that it was given. */
  async accepted(ref: StationRef, body: object = {}): Promise<LogView & { address: string }> {
    const log = await this.ask(ref, body);
    await this.answer(ref, { status: 'Accepted', filename: 'log.zip' });
    return { ...log, address: this.addressOf(ref) };
  }

  /** As the station was given it, on the port of this API. */
  addressOf(ref: StationRef): string {
    const { payload } = this.sent(ref).at(-1) ?? { payload: {} };
    const { location, log } = payload as { location?: string; log?: { remoteLocation: string } };
    return (location ?? log?.remoteLocation ?? '').replace(UPLOAD_URL, this.url);
  }

  /** The station reports a status, as its lane hands it over. False: it belongs to no log. */
  report(ref: StationRef, status: string, requestId: number | null, at = new Date()): Promise<boolean> {
    return this.service.use(logs).requests.onStatus(ref, { status, requestId, at });
  }

  async put(address: string, body: RequestInit['body'] | Uint8Array, init: RequestInit = {}): Promise<number> {
    const response = await fetch(address, { method: 'PUT', body: body as NonNullable<RequestInit['body']>, redirect: 'manual', ...init });
    await response.arrayBuffer();
    return response.status;
  }

  /** Files below the folder, by their names. */
  async files(): Promise<string[]> {
    const entries = await readdir(this.folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  }

  database<T = unknown>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    return this.service.database.query(sql, parameters);
  }

  async close(): Promise<void> {
    await this.closeApp();
    await rm(this.folder, { recursive: true, force: true });
  }
}

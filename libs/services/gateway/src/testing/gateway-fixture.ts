import { once } from 'node:events';
import {
  CALL_RESULTS,
  LANES,
  META_HEADER,
  PROFILE_REQUESTS,
  hashStationKey,
  parseStationKey,
  stationKey,
  unpackUplink,
  type CallResult,
  type DownlinkCall,
  type Lane,
  type ProfileRequest,
  type Registration,
  type StationProfile,
  type StationRef,
  type UplinkMeta,
} from '@voltbus/contracts';
import { MemoryBus, type BusRecord } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import { publishDownlink } from '@voltbus/service';
import { silentLogger, testMetrics } from '@voltbus/testing';
import WebSocket from 'ws';
import { Gateway, type GatewaySettings } from '../gateway';

export const PEPPER = 'p'.repeat(32);
export const PASSWORD = 'a password of 23 bytes!';

type RegistryOptions = NonNullable<ConstructorParameters<typeof MemoryConnections>[0]>;
type BusOptions = Partial<ConstructorParameters<typeof MemoryBus>[0]>;

/** What came up a lane, and how to answer it. */
export interface ReceivedMessage {
  meta: UplinkMeta;
  frame: unknown;
  answer(frame: unknown, registration?: Registration): Promise<void>;
}

/** One or more gateways on one bus and one registry, with ears where the services would be. */
export class GatewayFixture {
  readonly metrics = testMetrics();
  readonly connections: MemoryConnections;
  readonly bus: MemoryBus;
  readonly gateways: { gateway: Gateway; port: number }[] = [];
  readonly received: ReceivedMessage[] = [];
  readonly results: CallResult[] = [];
  /** Of whom device-config was asked. */
  readonly profileRequestsOf: string[] = [];
  /** False: device-config does not answer. */
  deviceConfigAnswers = true;
  private readonly profiles = new Map<string, StationProfile>();
  private readonly sockets: WebSocket[] = [];
  private stirred: () => void = () => undefined;

  private constructor(registry: RegistryOptions, bus: BusOptions) {
    this.connections = new MemoryConnections(registry);
    this.bus = new MemoryBus({ logger: silentLogger, metrics: this.metrics, absentGroups: 'skip', ...bus });
  }

  static async start(
    settings: Partial<GatewaySettings> = {},
    count = 1,
    registry: RegistryOptions = {},
    bus: BusOptions = {},
  ): Promise<GatewayFixture> {
    const fixture = new GatewayFixture(registry, bus);
    for (const lane of Object.keys(LANES) as Lane[])
      await fixture.bus.follow({ name: lane, topic: LANES[lane], handle: (record) => fixture.hear(record) });
    await fixture.bus.follow({
      name: 'results',
      topic: CALL_RESULTS,
      handle: (record) => fixture.record(() => fixture.results.push(JSON.parse(record.value.toString()) as CallResult)),
    });
    await fixture.bus.follow({ name: 'profiles', topic: PROFILE_REQUESTS, handle: (record) => fixture.answerProfile(record) });
    for (let index = 0; index < count; index++) await fixture.add(settings, index);
    return fixture;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    for (const { gateway } of this.gateways) await gateway.stop(2_000);
    await this.bus.close();
    await this.connections.close();
  }

  /** A station that may connect with `PASSWORD`; its profile is in the registry. */
  addStation(station: string, changes: Partial<StationProfile> = {}): Promise<void> {
    return this.connections.putProfile(this.addUncachedStation(station, changes));
  }

  /** The same, of which only device-config knows. */
  addUncachedStation(station: string, changes: Partial<StationProfile> = {}): StationProfile {
    const ref = { tenant: 'default', station };
    const profile: StationProfile = {
      ...ref,
      known: true,
      blocked: false,
      securityProfile: 1,
      keyHashes: changes.securityProfile === 0 ? [] : [hashStationKey(PEPPER, ref, Buffer.from(PASSWORD))],
      registration: 'accepted',
      unknownStations: 'refuse',
      answersUpdates: false,
      ...changes,
    };
    this.profiles.set(stationKey(profile), profile);
    return profile;
  }

  /** Connects; rejects with the HTTP status where it is refused. */
  async connect(
    station: string,
    { gateway = 0, protocol = 'ocpp1.6', password = PASSWORD, path = `/ocpp/${station}` } = {},
  ): Promise<TestStation> {
    const socket = new WebSocket(`ws://127.0.0.1:${this.gateways[gateway]?.port}${path}`, protocol === '' ? [] : protocol.split(','), {
      auth: `${station}:${password}`,
    });
    this.sockets.push(socket);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('unexpected-response', (_request, response) => reject(new Error(String(response.statusCode))));
      socket.once('error', reject);
    });
    return new TestStation(socket);
  }

  /** Connects, and says what shows that no boot is to come: from then on it is called. */
  async connectReady(...where: Parameters<GatewayFixture['connect']>): Promise<TestStation> {
    const station = await this.connect(...where);
    await station.call([2, 'ready', 'Heartbeat', {}]);
    return station;
  }

  /** A command to the station, through the bucket that the registry names; or with what the caller says instead. */
  async sendCommand(
    station: string,
    commandId: string,
    call: Partial<DownlinkCall> & { epoch?: number; deadline?: number } = {},
  ): Promise<void> {
    const ref = { tenant: 'default', station };
    const owner = await this.connections.find(ref);
    const [lease] = await this.connections.leases();
    const { epoch = owner?.epoch ?? 1, deadline = Date.now() + 10_000, ...rest } = call;
    const value: DownlinkCall = { action: 'Reset', payload: { type: 'Soft' }, timeoutMs: 5_000, priority: 5, ...rest };
    const inst = owner?.inst ?? lease?.inst ?? '';
    await publishDownlink(
      this.bus,
      { ref, bucket: owner?.bucket ?? lease?.bucket ?? 0 },
      { kind: 'call', inst, epoch, commandId, deadline },
      JSON.stringify(value),
    );
  }

  /** What the settled commands came to, in order: `id kind`. */
  outcomes(): string[] {
    return this.results.map(({ commandId, outcome }) => `${commandId} ${outcome.kind}`);
  }

  /** Resolves when the condition holds; looked at whenever something arrives. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((stir) => (this.stirred = stir));
  }

  private async add(settings: Partial<GatewaySettings>, index: number): Promise<void> {
    const gateway = new Gateway({
      settings: {
        HOST: '127.0.0.1',
        OCPP_PORT: 0,
        KEY_PEPPER: PEPPER,
        POD_NAME: `gw-${index}`,
        TRANSPORT: 'ws',
        SUBPROTOCOL_MISMATCH: 'refuse',
        SUBPROTOCOL_MISSING: 'refuse',
        PING_SECONDS: 45,
        HEARTBEAT_SECONDS: 300,
        ASSERT_SECONDS: 60,
        ...settings,
      },
      bus: this.bus,
      connections: this.connections,
      logger: silentLogger,
      metrics: this.metrics,
    });
    this.gateways.push({ gateway, port: await gateway.start() });
  }

  /** Where device-config would be. */
  private async answerProfile({ value }: BusRecord): Promise<void> {
    const { requestId, inst, bucket, tenant, station } = JSON.parse(value.toString()) as ProfileRequest;
    const ref: StationRef = { tenant, station };
    this.record(() => this.profileRequestsOf.push(stationKey(ref)));
    if (!this.deviceConfigAnswers) return;
    const stranger = { ...ref, known: false, blocked: false, securityProfile: 1, keyHashes: [], registration: 'unknown' } as const;
    const profile = this.profiles.get(stationKey(ref)) ?? { ...stranger, unknownStations: 'refuse', answersUpdates: false };
    await publishDownlink(this.bus, { ref, bucket }, { kind: 'profile', inst, requestId }, JSON.stringify(profile));
  }

  private hear(record: BusRecord): void {
    const meta = unpackUplink(record.headers[META_HEADER]);
    const { inst, bucket, epoch } = meta.returnTo;
    this.record(() =>
      this.received.push({
        meta,
        frame: JSON.parse(record.value.toString()),
        answer: (frame, registration) =>
          publishDownlink(
            this.bus,
            { ref: parseStationKey(record.key), bucket },
            { kind: 'reply', inst, epoch, messageId: meta.messageId, ...(registration === undefined ? {} : { registration }) },
            JSON.stringify(frame),
          ),
      }),
    );
  }

  record(happened: () => void): void {
    happened();
    this.stirred();
  }
}

/** The station's end of a socket. */
export class TestStation {
  readonly frames: unknown[] = [];
  readonly closed: Promise<number>;
  private stirred: () => void = () => undefined;

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => {
      this.frames.push(JSON.parse(data.toString()));
      this.stirred();
    });
    this.closed = once(socket, 'close').then(([code]) => Number(code));
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** The next frame not yet read. */
  async nextFrame(): Promise<unknown> {
    while (this.frames.length === 0) await new Promise<void>((stir) => (this.stirred = stir));
    return this.frames.shift();
  }

  async call(frame: unknown): Promise<unknown> {
    this.send(frame);
    return this.nextFrame();
  }
}

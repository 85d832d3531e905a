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
import { readSettings } from '@voltbus/runtime';
import { publishDownlink } from '@voltbus/service';
import { silentLogger, testMetrics, within } from '@voltbus/testing';
import { Gateway, type GatewaySettings } from '../gateway';
import type { TransportLimits } from '../transport';
import { TestStation } from './ws-test-station';

export const PEPPER = 'p'.repeat(32);
export const PASSWORD = 'a password of 23 bytes!';
const USUAL = { VOLTBUS_OCPP_PORT: '0', VOLTBUS_TRANSPORT: 'ws', VOLTBUS_KEY_PEPPER: PEPPER };

type RegistryOptions = NonNullable<ConstructorParameters<typeof MemoryConnections>[0]>;
type BusOptions = Partial<ConstructorParameters<typeof MemoryBus>[0]>;

/** A message on a lane, and the way to answer it. */
export interface ReceivedMessage {
  meta: UplinkMeta;
  frame: unknown;
  answer(frame: unknown, registration?: Registration): Promise<void>;
}

/** One or more gateways on one bus and one registry; the fixture receives what the services would. */
export class GatewayFixture {
  readonly metrics = testMetrics();
  readonly connections: MemoryConnections;
  readonly bus: MemoryBus;
  readonly gateways: { gateway: Gateway; port: number; tlsPort: number }[] = [];
  readonly received: ReceivedMessage[] = [];
  readonly results: CallResult[] = [];
  /** Station keys of the profiles that device-config was asked for. */
  readonly profileRequestsOf: string[] = [];
  /** Set to false when device-config must not answer. */
  deviceConfigAnswers = true;
  private readonly profiles = new Map<string, StationProfile>();
  private readonly stations: TestStation[] = [];
  private onChange: () => void = () => undefined;

  private constructor(registry: RegistryOptions, bus: BusOptions) {
    this.connections = new MemoryConnections(registry);
    this.bus = new MemoryBus({ logger: silentLogger, metrics: this.metrics, absentGroups: 'skip', ...bus });
  }

  static async start(
    settings: Partial<GatewaySettings> = {},
    count = 1,
    registry: RegistryOptions = {},
    bus: BusOptions = {},
    limits: Partial<TransportLimits> = {},
  ): Promise<GatewayFixture> {
    const fixture = new GatewayFixture(registry, bus);
    for (const lane of Object.keys(LANES) as Lane[])
      await fixture.bus.follow({ name: lane, topic: LANES[lane], handle: (record) => fixture.receive(record) });
    await fixture.bus.follow({
      name: 'results',
      topic: CALL_RESULTS,
      handle: (record) => fixture.record(() => fixture.results.push(JSON.parse(record.value.toString()) as CallResult)),
    });
    await fixture.bus.follow({ name: 'profiles', topic: PROFILE_REQUESTS, handle: (record) => fixture.answerProfile(record) });
    for (let index = 0; index < count; index++) await fixture.add(settings, index, limits);
    return fixture;
  }

  async stop(): Promise<void> {
    for (const { socket } of this.stations) socket.terminate();
    for (const { gateway } of this.gateways) await gateway.stop(2_000);
    await this.bus.close();
    await this.connections.close();
  }

  /** Adds a station that may connect with `PASSWORD`. Its profile is in the registry. */
  addStation(station: string, changes: Partial<StationProfile> = {}): Promise<void> {
    return this.connections.putProfile(this.addUncachedStation(station, changes));
  }

  /** Adds a station whose profile only device-config has. */
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

  /** Connects, or rejects with the HTTP status of the refusal. */
  async connect(
    station: string,
    { gateway = 0, protocol = 'ocpp1.6', password = PASSWORD, path = `/ocpp/${station}` } = {},
  ): Promise<TestStation> {
    const url = `ws://127.0.0.1:${this.gateways[gateway]?.port}${path}`;
    const connected = await TestStation.connect(url, protocol === '' ? [] : protocol.split(','), `${station}:${password}`);
    this.stations.push(connected);
    return connected;
  }

  /** Connects and sends a Heartbeat, which ends the hold-off of commands: no boot is to come. */
  async connectReady(...where: Parameters<GatewayFixture['connect']>): Promise<TestStation> {
    const station = await this.connect(...where);
    await station.call([2, 'ready', 'Heartbeat', {}]);
    return station;
  }

  /** Sends a command to the station through the bucket that the registry names. `call` replaces the defaults. */
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

  /** The results of commands, in order: `id kind`. */
  outcomes(): string[] {
    return this.results.map(({ commandId, outcome }) => `${commandId} ${outcome.kind}`);
  }

  /** Resolves when the condition holds. It is checked whenever something arrives. */
  async until(condition: () => boolean): Promise<void> {
    const holds = async () => {
      while (!condition()) await new Promise<void>((resolve) => (this.onChange = resolve));
    };
    await within(`${condition.toString()} of what the services receive`, holds());
  }

  private async add(settings: Partial<GatewaySettings>, index: number, limits: Partial<TransportLimits>): Promise<void> {
    const gateway = new Gateway({
      settings: {
        ...readSettings({ ...USUAL, VOLTBUS_POD_NAME: `gw-${index}` }, 'standalone', 'standalone'),
        ...settings,
      },
      bus: this.bus,
      connections: this.connections,
      logger: silentLogger,
      metrics: this.metrics,
      limits,
    });
    const { plain, tls } = await gateway.start();
    this.gateways.push({ gateway, port: plain ?? 0, tlsPort: tls ?? 0 });
  }

  /** Answers in the place of device-config. */
  private async answerProfile({ value }: BusRecord): Promise<void> {
    const { requestId, inst, bucket, tenant, station } = JSON.parse(value.toString()) as ProfileRequest;
    const ref: StationRef = { tenant, station };
    this.record(() => this.profileRequestsOf.push(stationKey(ref)));
    if (!this.deviceConfigAnswers) return;
    const unknown = { ...ref, known: false, blocked: false, securityProfile: 1, keyHashes: [], registration: 'unknown' } as const;
    const profile = this.profiles.get(stationKey(ref)) ?? { ...unknown, unknownStations: 'refuse', answersUpdates: false };
    await publishDownlink(this.bus, { ref, bucket }, { kind: 'profile', inst, requestId }, JSON.stringify(profile));
  }

  private receive(record: BusRecord): void {
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

  /** Runs a change of what was received, and checks the condition that is waited for. */
  record(change: () => void): void {
    change();
    this.onChange();
  }
}

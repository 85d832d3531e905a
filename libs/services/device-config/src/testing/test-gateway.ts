import type { BusRecord, Subscription } from '@voltbus/bus';
import { DOWNLINK, unpackDownlink, type DownlinkMeta, type Protocol, type StationRef } from '@voltbus/contracts';
import type { ServiceFixture } from './start-service';

type Eviction = Extract<DownlinkMeta, { kind: 'evict' }>;

/** A gateway that holds stations, and the downlink records that it receives. */
export class TestGateway {
  readonly down: { key: string; meta: DownlinkMeta }[] = [];
  private subscription: Subscription | null = null;

  private constructor(
    private readonly service: ServiceFixture,
    private readonly bucket: number,
  ) {}

  static async at(service: ServiceFixture, bucket: number): Promise<TestGateway> {
    const gateway = new TestGateway(service, bucket);
    const handle = ({ key, headers }: BusRecord) => void gateway.down.push({ key, meta: unpackDownlink(headers['m']) });
    gateway.subscription = await service.bus.follow({ name: 'gateway', topic: DOWNLINK, partition: bucket, handle });
    return gateway;
  }

  /** The station connects, with its profile cached; its epoch. */
  async connect(ref: StationRef, protocol: Protocol): Promise<number> {
    const { profiles, connections } = this.service;
    await profiles.refresh(ref);
    await connections.renewLease({ inst: 'gw', bucket: this.bucket });
    return (await connections.acquire(ref, { inst: 'gw', bucket: this.bucket, protocol, lastSeenAt: Date.now() })).epoch;
  }

  evictionsOf(station: string): Eviction[] {
    return this.down.flatMap(({ key, meta }) => (key === `default/${station}` && meta.kind === 'evict' ? [meta] : []));
  }

  /** What it was told to switch for the station. */
  quirksOf(station: string): DownlinkMeta[] {
    return this.down.flatMap(({ key, meta }) => (key === `default/${station}` && meta.kind === 'quirks' ? [meta] : []));
  }

  async close(): Promise<void> {
    await this.subscription?.close();
  }
}

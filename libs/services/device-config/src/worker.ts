import { troubleOf, type Bus, type BusRecord, type Handler, type Subscription } from '@voltbus/bus';
import { CONNECTIONS, FRAMES, PROFILE_REQUESTS } from '@voltbus/contracts';
import { RETENTION_INTERVAL_MS } from '@voltbus/database';
import { Scheduler } from '@voltbus/runtime';
import { serveLane } from '@voltbus/service';
import { oldestKept } from './message-log/domain/keeping';
import { DEMO_TENANT } from './tenants/domain/demo-tenant';
import { isPresence, onConnection } from './availability/events/on-connection';
import { onFrames } from './message-log/events/on-frames';
import { isProtocolMismatch, onProtocolMismatch } from './provisioning/events/on-protocol-mismatch';
import { isConnectionRefused, onConnectionRefused } from './refused-connections/on-connection-refused';
import { onProfileRequest } from './provisioning/events/on-profile-request';
import type { Service } from './wiring';
import type { Logger, Metrics } from '@voltbus/telemetry';

/** Consumer group of everything this service reads. */
const GROUP = 'device-config';
/** How long an eviction waits that could not be made at once. */
const EVICTION_INTERVAL_MS = 5_000;
const FRAMES_WORK = 'copies of messages';
/** Hours of copies are made and dropped so often. */
const FRAMES_INTERVAL_MS = 10 * 60_000;

export interface WorkerParts {
  service: Service;
  bus: Bus;
  /** The demo tenant is wanted. */
  demo?: boolean;
  logger: Logger;
  metrics: Metrics;
}

/** Serves the device lane, answers gateways' questions about stations, keeps presence, relays the outbox and sweeps. */
export class DeviceConfigWorker {
  private readonly subscriptions: Subscription[] = [];
  private readonly chores;

  constructor(private readonly parts: WorkerParts) {
    this.chores = new Scheduler((name, error) => parts.service.telemetry.workFailed(name, error));
  }

  async start(): Promise<void> {
    const { service, bus, logger, metrics, demo = false } = this.parts;
    await service.tenants.publishSeeded(new Date());
    if (demo) await service.tenants.add(DEMO_TENANT, new Date());
    await this.turnFrames(new Date()).catch((error: unknown) => service.telemetry.workFailed(FRAMES_WORK, error)); // they are not worth a start
    service.relay.start();
    this.subscriptions.push(await this.answerGateways());
    this.subscriptions.push(await this.hearConnections());
    this.subscriptions.push(await this.keepFrames());
    this.subscriptions.push(await serveLane({ bus, lane: 'device', group: GROUP, table: service.table, logger, metrics }));
    this.chores.every(EVICTION_INTERVAL_MS, 'evictions', () => service.evictions.sweep());
    this.chores.every(FRAMES_INTERVAL_MS, FRAMES_WORK, () => this.turnFrames(new Date()));
    this.chores.every(RETENTION_INTERVAL_MS, 'old rows', () => service.retention.run());
  }

  /** Takes nothing new, finishes what is in hand, tells what is told. */
  async stop(): Promise<void> {
    this.chores.stop();
    this.parts.service.retention.stop();
    await Promise.all(this.subscriptions.map((subscription) => subscription.close()));
    await this.parts.service.writeBuffer.stop();
    await this.parts.service.relay.stop();
  }

  /** Why this service is not fit to work; null when it is. */
  trouble(): string | null {
    return troubleOf(this.subscriptions);
  }

  private answerGateways(): Promise<Subscription> {
    const { profiles, telemetry } = this.parts.service;
    const handler = onProfileRequest(profiles, telemetry);
    return this.parts.bus.subscribe({ group: GROUP, topics: [PROFILE_REQUESTS], route: () => handler });
  }

  private hearConnections(): Promise<Subscription> {
    const { refusedConnections: refusals, stations } = this.parts.service;
    const [came, refused, misspoken] = [onConnection(this.parts.service), onConnectionRefused(refusals), onProtocolMismatch(stations)];
    const route = (record: BusRecord): Handler | null => {
      if (isPresence(record)) return came;
      if (isConnectionRefused(record)) return refused;
      return isProtocolMismatch(record) ? misspoken : null;
    };
    return this.parts.bus.subscribe({ group: GROUP, topics: [CONNECTIONS], route });
  }

  private keepFrames(): Promise<Subscription> {
    const handler = onFrames(this.parts.service.writeBuffer);
    return this.parts.bus.subscribe({ group: GROUP, topics: [FRAMES], route: () => handler });
  }

  /** Makes the hours to come, drops those that nobody keeps, and what some tenants keep less long than others. */
  private async turnFrames(now: Date): Promise<void> {
    const { messageLog: frames, messageLogPartitions: framePartitions } = this.parts.service;
    await framePartitions.make(now);
    const hours = await frames.longestKept();
    await framePartitions.dropBefore(oldestKept(hours, now));
    await frames.forgetOld(now, hours);
  }
}

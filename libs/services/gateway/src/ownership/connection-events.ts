import {
  CONNECTIONS,
  DEFAULT_TENANT,
  NO_STATION,
  PROFILE_REQUESTS,
  cloudEventOf,
  deterministicId,
  stationKey,
  toCloudEventHeaders,
  type ConnectionEvent,
  type ConnectionRefusal,
  type EventType,
  type KeyRehash,
  type ProtocolMismatch,
  type StationRef,
  type Topic,
} from '@voltbus/contracts';
import type { Bus, OutgoingRecord } from '@voltbus/bus';
import { LRUCache } from 'lru-cache';
import type { RefusalReason } from '../admission/refusals';
import { TokenBucket } from '../admission/token-bucket';
import { MAX_ADDRESSES, MAX_STATIONS_SEEN, MAX_WAITING_EVENT_BYTES, PUBLISHED_REFUSALS, PUBLISHED_REFUSALS_PER_ADDRESS } from '../limits';
import type { Connection } from '../session/connection';
import { WaitingRecords } from '../session/waiting-records';
import { sourceOfAddress, type TransportRefusal } from '../transport';

/** The key of a refusal whose URL names no station, because such a URL may hold anything. */
const UNNAMED: StationRef = { tenant: DEFAULT_TENANT, station: NO_STATION };

/**
 * Publishes on `csms.connections.v1` which stations connect, disconnect and are refused. No connection waits for it: the registry holds the state. While the
 * bus is away, beginnings and ends of connections wait, because others rely on them; refusals are given up.
 */
export class ConnectionEvents {
  private readonly publishing = new Set<Promise<void>>();
  private readonly records: WaitingRecords;
  private readonly refusals = new LRUCache<string, TokenBucket>({ max: MAX_STATIONS_SEEN });
  private readonly refusalsOfAddress = new LRUCache<string, TokenBucket>({ max: MAX_ADDRESSES });

  constructor(
    private readonly bus: Bus,
    private readonly installation: string,
    private readonly onFailed: (error: unknown, type: string) => void,
  ) {
    const onLost = (error: unknown): void => onFailed(error, 'an event of a connection');
    this.records = new WaitingRecords({
      bus,
      topic: CONNECTIONS,
      maxBytes: MAX_WAITING_EVENT_BYTES,
      onGivenUp: () => onLost(new Error('the bus is away for too long: the oldest event is given up')),
      onRefused: onLost,
    });
  }

  /** Resolves when the bus has taken or refused everything that was published. */
  async flush(): Promise<void> {
    await Promise.all([...this.publishing, this.records.flush()]);
  }

  stop(): void {
    this.records.stop();
  }

  publishConnected(connection: Connection, tookOver: boolean): void {
    this.publishConnection('connected', connection, 'connected', tookOver);
  }

  publishDisconnected(connection: Connection, reason: string): void {
    this.publishConnection('disconnected', connection, reason, false);
  }

  /**
   * The station speaks 1.6 where another version was agreed on (quirk 24). Returns false when that is not published: a station that needs no password may
   * be anybody, who must not decide which version it speaks.
   */
  publishProtocolMismatch({ ref, key, protocol, owner, securityProfile }: Connection, action: string): boolean {
    if (owner === null || securityProfile === 0) return false;
    const at = new Date().toISOString();
    const { inst: gateway, epoch } = owner;
    const event: ProtocolMismatch = { ...ref, protocol, spoken: 'ocpp1.6', action, gateway, epoch, at };
    const id = deterministicId('protocol-mismatch', key, gateway, String(epoch));
    this.records.publish(this.recordOf(ref, CONNECTIONS.events.protocolMismatch, { id, at, value: event }));
    return true;
  }

  /** Only so many refusals of one station and of one address are published. */
  publishRefused(remoteAddress: string, ref: StationRef | null, reason: RefusalReason | TransportRefusal): void {
    const about = ref ?? UNNAMED;
    if (reason === 'bus-away' || !this.takeRefusal(sourceOfAddress(remoteAddress), `${stationKey(about)} ${reason}`)) return;
    const at = new Date().toISOString();
    const { tenant, station } = ref ?? { tenant: null, station: null };
    const refusal: ConnectionRefusal = { tenant, station, remoteAddress, reason, at };
    const id = deterministicId('refused', stationKey(about), remoteAddress, at);
    this.publishOnce(CONNECTIONS, this.recordOf(about, CONNECTIONS.events.refused, { id, at, value: refusal }));
  }

  /** Once: a station that is not heard of connects again, and its hash is told again. */
  publishRehash(rehash: KeyRehash): void {
    const at = new Date().toISOString();
    const id = deterministicId('key-rehashed', stationKey(rehash), rehash.after, at);
    this.publishOnce(PROFILE_REQUESTS, this.recordOf(rehash, PROFILE_REQUESTS.events.rehashed, { id, at, value: rehash }));
  }

  private publishConnection(kind: 'connected' | 'disconnected', connection: Connection, reason: string, tookOver: boolean): void {
    const { ref, key, protocol, owner, remoteAddress, securityProfile, passwordRotation, certificate } = connection;
    if (owner === null) return;
    const at = new Date().toISOString();
    const { inst: gateway, epoch } = owner;
    const event: ConnectionEvent = {
      ...ref,
      protocol,
      gateway,
      epoch,
      at,
      reason,
      remoteAddress,
      securityProfile,
      ...(kind === 'connected' && passwordRotation !== null ? { passwordRotation } : {}),
      ...(kind === 'connected' && certificate !== undefined ? { certificate } : {}),
      ...(tookOver ? { tookOver } : {}),
    };
    const id = deterministicId(kind, key, gateway, String(epoch));
    this.records.publish(this.recordOf(ref, CONNECTIONS.events[kind], { id, at, value: event }));
  }

  private takeRefusal(source: string, what: string): boolean {
    const now = performance.now();
    const ofStation = this.refusals.get(`${source} ${what}`) ?? new TokenBucket(PUBLISHED_REFUSALS, now);
    const ofAddress = this.refusalsOfAddress.get(source) ?? new TokenBucket(PUBLISHED_REFUSALS_PER_ADDRESS, now);
    this.refusals.set(`${source} ${what}`, ofStation);
    this.refusalsOfAddress.set(source, ofAddress);
    return ofStation.take(now) && ofAddress.take(now);
  }

  private recordOf<T>(
    ref: StationRef,
    type: EventType<T, string>,
    { id, at, value }: { id: string; at: string; value: T },
  ): OutgoingRecord {
    const event = cloudEventOf(type, { installation: this.installation, id, ref, time: at });
    return { key: event.subject, value: Buffer.from(JSON.stringify(value)), headers: toCloudEventHeaders(event) };
  }

  private publishOnce(topic: Topic, record: OutgoingRecord): void {
    const publishing = this.bus
      .publish(topic, record)
      .catch((err: unknown) => this.onFailed(err, 'an event of a station that proved itself, or was refused'))
      .finally(() => this.publishing.delete(publishing));
    this.publishing.add(publishing);
  }
}

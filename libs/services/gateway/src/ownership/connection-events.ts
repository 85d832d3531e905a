import {
  CONNECTIONS,
  deterministicId,
  stationKey,
  toCloudEventHeaders,
  type ConnectionEvent,
  type ConnectionRefusal,
  type ProtocolMismatch,
  type StationRef,
} from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import { LRUCache } from 'lru-cache';
import type { RefusalReason } from '../admission/admission';
import type { GatewayTelemetry } from '../telemetry';
import { sourceOfAddress } from '../admission/addresses';
import { MAX_ADDRESSES, MAX_STATIONS_SEEN, PUBLISHED_REFUSALS, PUBLISHED_REFUSALS_PER_ADDRESS } from '../limits';
import type { Session } from '../session/session';
import { TokenBucket } from '../admission/token-bucket';
import type { UpgradeRequest } from '../transport';

/** The key of a refusal that names nobody: anything may be in a URL. */
const NOBODY: StationRef = { tenant: 'default', station: '-' };

/** Tells `csms.connections.v1` who came, who went and who was refused. Nothing waits for it: whoever missed one learns it from the registry. */
export class ConnectionEvents {
  private readonly telling = new Set<Promise<void>>();
  private readonly refusals = new LRUCache<string, TokenBucket>({ max: MAX_STATIONS_SEEN });
  private readonly refusalsOfAddress = new LRUCache<string, TokenBucket>({ max: MAX_ADDRESSES });

  constructor(
    private readonly bus: Bus,
    private readonly telemetry: GatewayTelemetry,
  ) {
    telemetry.onRefusal = (request, ref, reason) => this.refused(request, ref, reason);
  }

  /** Resolves when the bus has all that was told, or has refused it. */
  async told(): Promise<void> {
    await Promise.all(this.telling);
  }

  connected(session: Session, tookOver: boolean): void {
    this.tell('connected', session, 'connected', tookOver);
  }

  disconnected(session: Session, reason: string): void {
    this.tell('disconnected', session, reason);
  }

  /** It spoke 1.6 where another version was agreed on (quirk 24). Told of who proved who it is: whoever needs no password must not decide which version a station speaks. */
  misspoke(session: Session, action: string): void {
    const { ref, protocol, owner: standing, securityProfile } = session;
    const told = standing !== null && securityProfile > 0;
    this.telemetry.misspoke(session, action, told);
    if (!told) return;
    const at = new Date().toISOString();
    const { inst: gateway, epoch } = standing;
    const event: ProtocolMismatch = { ...ref, protocol, spoken: 'ocpp1.6', action, gateway, epoch, at };
    this.publish(
      ref,
      'voltbus.station.protocol-mismatch',
      deterministicId('protocol-mismatch', stationKey(ref), gateway, String(epoch)),
      at,
      event,
    );
  }

  private tell(kind: 'connected' | 'disconnected', session: Session, reason: string, tookOver = false): void {
    const { ref, protocol, owner: standing, remoteAddress } = session;
    if (standing === null) return;
    const at = new Date().toISOString();
    const { inst: gateway, epoch } = standing;
    const event: ConnectionEvent = { ...ref, protocol, gateway, epoch, at, reason, remoteAddress, ...(tookOver ? { tookOver } : {}) };
    this.publish(ref, `voltbus.station.${kind}`, deterministicId(kind, stationKey(ref), standing.inst, String(standing.epoch)), at, event);
  }

  private refused({ remoteAddress }: UpgradeRequest, ref: StationRef | null, reason: RefusalReason): void {
    const about = ref ?? NOBODY;
    if (reason === 'bus-away' || !this.mayTell(sourceOfAddress(remoteAddress), `${stationKey(about)} ${reason}`)) return;
    const at = new Date().toISOString();
    const { tenant, station } = ref ?? { tenant: null, station: null };
    const refusal: ConnectionRefusal = { tenant, station, remoteAddress, reason, at };
    this.publish(about, 'voltbus.station.refused', deterministicId('refused', stationKey(about), remoteAddress, at), at, refusal);
  }

  private mayTell(source: string, what: string): boolean {
    const now = performance.now();
    const known = this.refusals.get(`${source} ${what}`) ?? new TokenBucket(PUBLISHED_REFUSALS, now);
    const ofAddress = this.refusalsOfAddress.get(source) ?? new TokenBucket(PUBLISHED_REFUSALS_PER_ADDRESS, now);
    this.refusals.set(`${source} ${what}`, known);
    this.refusalsOfAddress.set(source, ofAddress);
    return known.take(now) && ofAddress.take(now);
  }

  private publish(ref: StationRef, type: string, id: string, time: string, value: object): void {
    const headers = toCloudEventHeaders({ id, type, source: '/voltbus/gateway', time, subject: stationKey(ref), tenant: ref.tenant });
    const telling = this.bus
      .publish(CONNECTIONS, { key: stationKey(ref), value: Buffer.from(JSON.stringify(value)), headers })
      .catch((err: unknown) => this.telemetry.unsaid(err, type))
      .finally(() => this.telling.delete(telling));
    this.telling.add(telling);
  }
}

import type { Protocol, StationProfile, StationRef } from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import { sourceOfAddress } from './addresses';
import { provesStation } from './credentials';
import { ConnectionRateLimiter } from './connection-rate-limiter';
import type { GatewayTelemetry } from '../telemetry';
import { parseIdentity } from './identity';
import type { StationProfiles } from './profiles';
import { refusalHeaders, type Refusal, type RefusalReason } from './refusals';
import { commonProtocol, pinnedAmong } from './subprotocols';
import type { UpgradeDecision, UpgradeRequest } from '../transport';

/** What an accepted upgrade passes on to its socket. The protocol is null when it was accepted to be closed (SUBPROTOCOL_MISMATCH). */
export interface Admitted {
  ref: StationRef;
  protocol: Protocol | null;
  profile: StationProfile;
}

interface AdmissionParts {
  bus: Bus;
  profiles: StationProfiles;
  telemetry: GatewayTelemetry;
  pepper: string;
  subprotocolMismatch: 'refuse' | 'accept-and-close';
  /** The version of a station that offers none (quirk 9); null when such a station is refused. */
  missingProtocol: Protocol | null;
  onRefused(remoteAddress: string, ref: StationRef | null, reason: RefusalReason): void;
}

type Decision = UpgradeDecision<Admitted>;

/** The judgement of one attempt by one profile. */
interface Verdict {
  /** The password is right. */
  proven: boolean;
  /** Null when the station may connect. */
  refusal: Refusal | null;
}

const UNKNOWN: Verdict = { proven: false, refusal: { status: 401, reason: 'unknown-station' } };
const TOO_OFTEN: Refusal = { status: 429, reason: 'too-many-attempts' };

/** Decides which stations may connect, in the order of cost: identity, version, rate limits, credentials. */
export class Admission {
  private readonly limiter = new ConnectionRateLimiter();
  private draining = false;

  constructor(private readonly parts: AdmissionParts) {}

  /** From now on every upgrade is answered 503. */
  startDraining(): void {
    this.draining = true;
  }

  async decideUpgrade(request: UpgradeRequest): Promise<Decision> {
    const since = performance.now();
    const decision = await this.decide(request);
    this.parts.telemetry.upgradeDecided(performance.now() - since);
    return decision;
  }

  private async decide(request: UpgradeRequest): Promise<Decision> {
    const ref = parseIdentity(request.path);
    if (this.draining) return this.refuse(request, ref, { status: 503, reason: 'draining' });
    if (!this.parts.bus.available) return this.refuse(request, ref, { status: 503, reason: 'bus-away' });
    if (ref === null) return this.refuseRequest(request, null, { status: 404, reason: 'no-station-url' });
    const offered = commonProtocol(request.offered);
    const protocol = offered ?? (request.offered.length === 0 ? this.parts.missingProtocol : null);
    if (protocol === null && this.parts.subprotocolMismatch === 'refuse')
      return this.refuseRequest(request, ref, { status: 400, reason: 'no-common-protocol' });
    const profile = await this.authenticate(request, ref);
    if ('status' in profile) return this.refuse(request, ref, profile);
    if (protocol === null) this.onNoCommonVersion(request, ref);
    const pinned = pinnedAmong(request.offered, profile.pinnedProtocol);
    return { accept: true, subprotocol: pinned ?? offered, context: { ref, protocol: pinned ?? protocol, profile } };
  }

  /**
   * Returns the profile that admits the station, or the refusal. A station that proves its password is let in before anything is counted. For any other
   * one device-config is asked, whether the station is known here or not, so that an unknown station and a wrong password take the same steps.
   */
  private async authenticate({ remoteAddress, authorization }: UpgradeRequest, ref: StationRef): Promise<StationProfile | Refusal> {
    const { limiter } = this;
    const cached = await this.parts.profiles.findCached(ref);
    const first = this.judge(ref, authorization, cached);
    if (cached !== null && first.proven) return this.admitAuthenticated(remoteAddress, ref, cached, first);
    if (cached !== null && first.refusal === null)
      return limiter.takeUnauthenticated(remoteAddress, ref, performance.now()) ? cached : TOO_OFTEN;
    if (!limiter.takeProfileRequest(remoteAddress, ref, performance.now())) return TOO_OFTEN;
    const current = await this.parts.profiles.requestProfile(ref, sourceOfAddress(remoteAddress));
    const second = this.judge(ref, authorization, current);
    if (current === null) return { status: 503, reason: 'no-profile' };
    if (second.proven) return this.admitAuthenticated(remoteAddress, ref, current, second);
    if (second.refusal === null) return current;
    limiter.countRefusal(remoteAddress, ref, performance.now());
    return second.refusal;
  }

  private admitAuthenticated(address: string, ref: StationRef, profile: StationProfile, { refusal }: Verdict): StationProfile | Refusal {
    if (refusal !== null) return refusal;
    return this.limiter.takeAuthenticated(address, ref, performance.now()) ? profile : TOO_OFTEN;
  }

  /** Where a password is demanded, the answer to an unknown station, a blocked one and a wrong password is the same. */
  private judge(ref: StationRef, authorization: string | undefined, profile: StationProfile | null): Verdict {
    const proven = provesStation(this.parts.pepper, ref, authorization, profile);
    if (profile === null) return UNKNOWN;
    if (needsNoPassword(profile)) return { proven: false, refusal: refusalWithoutPassword(profile) };
    if (!profile.known) return UNKNOWN;
    if (!proven) return { proven, refusal: { status: 401, reason: 'wrong-credentials' } };
    if (profile.blocked) return { proven, refusal: { status: 401, reason: 'blocked' } };
    // A05.FR.07: a security profile is never lowered, and this gateway has no TLS yet.
    return { proven, refusal: profile.securityProfile >= 2 ? { status: 401, reason: 'needs-tls' } : null };
  }

  /** Refuses a request that is wrong in itself. Only so many from one address get the reason. */
  private refuseRequest(request: UpgradeRequest, ref: StationRef | null, refusal: Refusal): Decision {
    const now = performance.now();
    if (!this.limiter.allowsRefusal(request.remoteAddress, now)) return this.refuse(request, ref, TOO_OFTEN);
    this.limiter.countRefusal(request.remoteAddress, null, now);
    return this.refuse(request, ref, refusal);
  }

  private refuse(request: UpgradeRequest, ref: StationRef | null, { status, reason }: Refusal): Decision {
    this.parts.telemetry.upgradeRefused(request.remoteAddress, ref, reason);
    this.parts.onRefused(request.remoteAddress, ref, reason);
    return { accept: false, status, ...(refusalHeaders(status) ?? {}) };
  }

  /** Accepted only to be closed, which is published as a refusal. */
  private onNoCommonVersion({ remoteAddress }: UpgradeRequest, ref: StationRef): void {
    this.parts.telemetry.noCommonVersion(remoteAddress, ref);
    this.parts.onRefused(remoteAddress, ref, 'no-common-protocol');
  }
}

/** Security profile 0 without a password. A station that has a password must prove it, whatever its tenant demands of others. */
function needsNoPassword({ securityProfile, keyHashes }: StationProfile): boolean {
  return securityProfile === 0 && keyHashes.length === 0;
}

function refusalWithoutPassword({ blocked, known, unknownStations }: StationProfile): Refusal | null {
  if (blocked) return { status: 401, reason: 'blocked' };
  return known || unknownStations === 'register' ? null : { status: 404, reason: 'unknown-station' };
}

import { PROTOCOLS, type Protocol, type StationProfile, type StationRef } from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import { sourceOfAddress } from './addresses';
import { provesStation } from './credentials';
import { ConnectionRateLimiter } from './connection-rate-limiter';
import type { GatewayTelemetry } from '../telemetry';
import { parseIdentity } from './identity';
import { RETRY_AFTER_SECONDS } from '../limits';
import type { Profiles } from './profiles';
import type { RefusalStatus, UpgradeDecision, UpgradeRequest } from '../transport';

/** What an accepted upgrade leaves for its socket; `null` protocol: accepted to be closed (SUBPROTOCOL_MISMATCH). */
export interface Admitted {
  ref: StationRef;
  protocol: Protocol | null;
  profile: StationProfile;
}

export interface AdmissionParts {
  bus: Bus;
  profiles: Profiles;
  telemetry: GatewayTelemetry;
  pepper: string;
  subprotocolMismatch: 'refuse' | 'accept-and-close';
  /** What a station speaks that names no version (quirk 9); null: it is refused like one that names unknown ones. */
  unnamedProtocol: Protocol | null;
}

export type RefusalReason =
  | 'draining'
  | 'bus-away'
  | 'too-many-attempts'
  | 'no-station-url'
  | 'no-common-protocol'
  | 'nobody-knows'
  | 'wrong-credentials'
  | 'unknown-station'
  | 'blocked'
  | 'needs-tls';

type Refusal = { status: RefusalStatus; reason: RefusalReason };
type Decision = UpgradeDecision<Admitted>;

/** What a profile says of an attempt. */
interface Verdict {
  /** The password is right. */
  proven: boolean;
  /** Null: it may come in. */
  refusal: Refusal | null;
}

const UNKNOWN: Verdict = { proven: false, refusal: { status: 401, reason: 'unknown-station' } };
const TOO_OFTEN: Refusal = { status: 429, reason: 'too-many-attempts' };

/** Decides who may connect: identity, version, credentials, in that order of cost. */
export class Admission {
  private readonly guard = new ConnectionRateLimiter();
  private draining = false;

  constructor(private readonly parts: AdmissionParts) {}

  /** From now on everybody is sent elsewhere. */
  drain(): void {
    this.draining = true;
  }

  async decide(request: UpgradeRequest): Promise<Decision> {
    const since = performance.now();
    const decision = await this.weigh(request);
    this.parts.telemetry.decided(performance.now() - since);
    return decision;
  }

  private async weigh(request: UpgradeRequest): Promise<Decision> {
    const ref = parseIdentity(request.path);
    if (this.draining) return this.refuse(request, ref, { status: 503, reason: 'draining' });
    if (!this.parts.bus.available) return this.refuse(request, ref, { status: 503, reason: 'bus-away' });
    if (ref === null) return this.dismiss(request, null, { status: 404, reason: 'no-station-url' });
    const named = commonProtocol(request.offered);
    const protocol = named ?? (request.offered.length === 0 ? this.parts.unnamedProtocol : null);
    if (protocol === null && this.parts.subprotocolMismatch === 'refuse')
      return this.dismiss(request, ref, { status: 400, reason: 'no-common-protocol' });
    const found = await this.prove(request, ref);
    if ('status' in found) return this.refuse(request, ref, found);
    if (protocol === null) this.parts.telemetry.noCommonVersion(request, ref);
    const pinned = pinnedAmong(request.offered, found);
    return { accept: true, subprotocol: pinned ?? named, context: { ref, protocol: pinned ?? protocol, profile: found } };
  }

  /**
   * The profile it comes in by, or why it may not. Who proves the password is let in before anything is counted. Who does not is asked about, whether
   * the station is known here or not: an unknown station and a wrong password take the same steps.
   */
  private async prove({ remoteAddress, authorization }: UpgradeRequest, ref: StationRef): Promise<StationProfile | Refusal> {
    const { guard } = this;
    const cached = await this.parts.profiles.findCached(ref);
    const first = this.judge(ref, authorization, cached);
    if (cached !== null && first.proven) return this.proven(remoteAddress, ref, cached, first);
    if (cached !== null && first.refusal === null)
      return guard.takeUnauthenticated(remoteAddress, ref, performance.now()) ? cached : TOO_OFTEN;
    if (!guard.takeProfileRequest(remoteAddress, ref, performance.now())) return TOO_OFTEN;
    const asked = await this.parts.profiles.requestProfile(ref, sourceOfAddress(remoteAddress));
    const second = this.judge(ref, authorization, asked);
    if (asked === null) return { status: 503, reason: 'nobody-knows' };
    if (second.proven) return this.proven(remoteAddress, ref, asked, second);
    if (second.refusal === null) return asked;
    guard.countRefusal(remoteAddress, ref, performance.now());
    return second.refusal;
  }

  private proven(address: string, ref: StationRef, profile: StationProfile, { refusal }: Verdict): StationProfile | Refusal {
    if (refusal !== null) return refusal;
    return this.guard.takeAuthenticated(address, ref, performance.now()) ? profile : TOO_OFTEN;
  }

  /** Where credentials are demanded, an unknown station, a blocked one and a wrong password cannot be told apart. */
  private judge(ref: StationRef, authorization: string | undefined, profile: StationProfile | null): Verdict {
    const proven = provesStation(this.parts.pepper, ref, authorization, profile);
    if (profile === null) return UNKNOWN;
    if (demandsNothing(profile)) return { proven: false, refusal: refusalOfOpen(profile) };
    if (!profile.known) return UNKNOWN;
    if (!proven) return { proven, refusal: { status: 401, reason: 'wrong-credentials' } };
    if (profile.blocked) return { proven, refusal: { status: 401, reason: 'blocked' } };
    // A05.FR.07: never lower than the station has; this door is plain
    return { proven, refusal: profile.securityProfile >= 2 ? { status: 401, reason: 'needs-tls' } : null };
  }

  /** What is wrong with the request itself: said so often to one address and no more. */
  private dismiss(request: UpgradeRequest, ref: StationRef | null, refusal: Refusal): Decision {
    const now = performance.now();
    if (!this.guard.allowsRefusal(request.remoteAddress, now)) return this.refuse(request, ref, TOO_OFTEN);
    this.guard.countRefusal(request.remoteAddress, null, now);
    return this.refuse(request, ref, refusal);
  }

  private refuse(request: UpgradeRequest, ref: StationRef | null, { status, reason }: Refusal): Decision {
    this.parts.telemetry.refused(request, ref, reason);
    return { accept: false, status, ...(headersOf(status) ?? {}) };
  }
}

/** Profile 0 and no password: who has one must prove it, whatever its tenant demands of others. */
function demandsNothing({ securityProfile, keyHashes }: StationProfile): boolean {
  return securityProfile === 0 && keyHashes.length === 0;
}

function refusalOfOpen({ blocked, known, unknownStations }: StationProfile): Refusal | null {
  if (blocked) return { status: 401, reason: 'blocked' };
  return known || unknownStations === 'register' ? null : { status: 404, reason: 'unknown-station' };
}

/** The station's order decides (OCPP-J 3.3). */
function commonProtocol(offered: readonly string[]): Protocol | null {
  for (const token of offered) {
    const found = PROTOCOLS.find((protocol) => protocol === token);
    if (found !== undefined) return found;
  }
  return null;
}

/** Quirk 24: what it is pinned to counts where it offers that; else its order, so that nobody is locked out. */
function pinnedAmong(offered: readonly string[], { pinnedProtocol }: StationProfile): Protocol | null {
  return pinnedProtocol && offered.includes(pinnedProtocol) ? pinnedProtocol : null;
}

function headersOf(status: RefusalStatus): { headers: Record<string, string> } | null {
  if (status === 401) return { headers: { 'www-authenticate': 'Basic realm="ocpp"' } };
  if (status !== 503 && status !== 429) return null;
  const { least, most } = RETRY_AFTER_SECONDS;
  return { headers: { 'retry-after': String(Math.round(least + Math.random() * (most - least))) } };
}

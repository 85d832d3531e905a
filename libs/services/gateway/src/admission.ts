import { PROTOCOLS, type Protocol, type StationProfile, type StationRef } from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import { proves } from './credentials';
import { DoorGuard } from './door-guard';
import type { Happenings } from './happenings';
import { identify } from './identity';
import { RETRY_AFTER_SECONDS } from './limits';
import type { Profiles } from './profiles';
import type { RefusalStatus, UpgradeDecision, UpgradeRequest } from './transport';

/** What an accepted upgrade leaves for its socket; `null` protocol: accepted to be closed (SUBPROTOCOL_MISMATCH). */
export interface Admitted {
  ref: StationRef;
  protocol: Protocol | null;
  profile: StationProfile;
}

export interface AdmissionParts {
  bus: Bus;
  profiles: Profiles;
  happenings: Happenings;
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

/** Decides who may connect: identity, version, credentials, in that order of cost. */
export class Admission {
  private readonly guard = new DoorGuard();
  private draining = false;

  constructor(private readonly parts: AdmissionParts) {}

  /** From now on everybody is sent elsewhere. */
  drain(): void {
    this.draining = true;
  }

  async decide(request: UpgradeRequest): Promise<UpgradeDecision<Admitted>> {
    const since = performance.now();
    const decision = await this.weigh(request);
    this.parts.happenings.decided(performance.now() - since);
    return decision;
  }

  private async weigh(request: UpgradeRequest): Promise<UpgradeDecision<Admitted>> {
    const ref = identify(request.path);
    const hurdle = this.hurdle(request, ref);
    if (hurdle !== null) return this.refuse(request, ref, hurdle);
    if (ref === null) return this.refuse(request, null, { status: 404, reason: 'no-station-url' });
    const named = commonProtocol(request.offered);
    const protocol = named ?? (request.offered.length === 0 ? this.parts.unnamedProtocol : null);
    if (protocol === null && this.parts.subprotocolMismatch === 'refuse')
      return this.refuse(request, ref, { status: 400, reason: 'no-common-protocol' });
    const profile = await this.parts.profiles.of(ref);
    if (profile === null) return this.refuse(request, ref, { status: 503, reason: 'nobody-knows' });
    const refusal = this.judge(ref, request.authorization, profile);
    if (refusal !== null) return this.refuse(request, ref, refusal);
    this.guard.welcomed(request.remoteAddress, ref);
    if (protocol === null) this.parts.happenings.noCommonVersion(request, ref);
    const pinned = pinnedAmong(request.offered, profile);
    return { accept: true, subprotocol: pinned ?? named, context: { ref, protocol: pinned ?? protocol, profile } };
  }

  private hurdle({ remoteAddress }: UpgradeRequest, ref: StationRef | null): Refusal | null {
    if (this.draining) return { status: 503, reason: 'draining' };
    if (!this.parts.bus.available) return { status: 503, reason: 'bus-away' };
    return this.guard.admits(remoteAddress, ref, performance.now()) ? null : { status: 429, reason: 'too-many-attempts' };
  }

  /** Where credentials are demanded, an unknown station, a blocked one and a wrong password cannot be told apart. */
  private judge(ref: StationRef, authorization: string | undefined, profile: StationProfile): Refusal | null {
    if (profile.securityProfile === 0) {
      if (profile.blocked) return { status: 401, reason: 'blocked' };
      return profile.known || profile.unknownStations === 'register' ? null : { status: 404, reason: 'unknown-station' };
    }
    const proven = proves(this.parts.pepper, ref, authorization, profile);
    if (!profile.known) return { status: 401, reason: 'unknown-station' };
    if (!proven) return { status: 401, reason: 'wrong-credentials' };
    if (profile.blocked) return { status: 401, reason: 'blocked' };
    return profile.securityProfile >= 2 ? { status: 401, reason: 'needs-tls' } : null; // A05.FR.07: never lower than the station has; this door is plain
  }

  private refuse(request: UpgradeRequest, ref: StationRef | null, { status, reason }: Refusal): UpgradeDecision<Admitted> {
    this.parts.happenings.refused(request, ref, reason);
    if (status !== 503 && status !== 429) this.guard.refused(request.remoteAddress, performance.now());
    return { accept: false, status, ...(headersOf(status) ?? {}) };
  }
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

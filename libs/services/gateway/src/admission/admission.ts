import type { ClientCertificate, Keyring, Protocol, StationProfile, StationRef } from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import type { CertificateSubject, ClientCertificates } from './client-certificates';
import { rehashed, type ProvenKey } from './credentials';
import { ConnectionRateLimiter } from './connection-rate-limiter';
import type { GatewayTelemetry } from '../telemetry';
import { parseIdentity } from './identity';
import { judgeAttempt, type Evidence, type SecurityProfile, type Verdict } from './proofs';
import type { StationProfiles } from './profiles';
import { refusalHeaders, type Refusal, type RefusalReason } from './refusals';
import { commonProtocol, pinnedAmong } from './subprotocols';
import { sourceOfAddress, type UpgradeDecision, type UpgradeRequest } from '../transport';

/** What an accepted upgrade passes on to its socket. The protocol is null when it was accepted to be closed (SUBPROTOCOL_MISMATCH). */
export interface Admitted {
  ref: StationRef;
  protocol: Protocol | null;
  profile: StationProfile;
  /** The security profile that the station uses. */
  securityProfile: SecurityProfile;
  /** Of the password that proved the station; null: a certificate did, or nothing had to. */
  keyHash: string | null;
  /** What that hash is under the pepper of now, where it is of the one before. */
  rehashed: string | null;
  /** The client certificate that proved it; undefined: none did, or no more than its name is known. */
  certificate: ClientCertificate | undefined;
}

interface AdmissionParts {
  bus: Bus;
  profiles: StationProfiles;
  telemetry: GatewayTelemetry;
  peppers: Keyring | string;
  subprotocolMismatch: 'refuse' | 'accept-and-close';
  /** The version of a station that offers none (quirk 9); null when such a station is refused. */
  missingProtocol: Protocol | null;
  /** Null where no CA is trusted: then no client certificate proves anything. */
  certificates: Pick<ClientCertificates, 'judge'> | null;
  onRefused(remoteAddress: string, ref: StationRef | null, reason: RefusalReason): void;
}

type Decision = UpgradeDecision<Admitted>;

/** Who may connect: what is known of the station, and the security profile that it uses. */
interface Welcome {
  profile: StationProfile;
  used: SecurityProfile;
  key: ProvenKey | null;
}

const TOO_OFTEN: Refusal = { status: 429, reason: 'too-many-attempts' };

/** Decides which stations may connect, in the order of cost: identity, version, rate limits, certificate, credentials. */
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
    const certificate = request.security.certificate === null ? null : await this.judgeCertificate(request, ref);
    if (certificate !== null && 'status' in certificate) return this.refuseRequest(request, ref, certificate);
    const admitted = await this.authenticate(request.remoteAddress, ref, { request, certificate });
    if ('status' in admitted) return this.refuse(request, ref, admitted);
    const { profile, used, key } = admitted;
    if (protocol === null) this.onNoCommonVersion(request, ref);
    const pinned = pinnedAmong(request.offered, profile.pinnedProtocol);
    const shown = certificate?.certificate ?? undefined;
    const keys = { keyHash: key?.hash ?? null, rehashed: key === null ? null : rehashed(this.parts.peppers, key) };
    const proof = { securityProfile: used, ...keys, certificate: shown };
    const context = { ref, protocol: pinned ?? protocol, profile, ...proof };
    return { accept: true, subprotocol: pinned ?? offered, context };
  }

  /** A certificate that is presented must be valid and name the station (A00.FR.403, 405): a right password beside it does not help. */
  private async judgeCertificate({ security }: UpgradeRequest, ref: StationRef): Promise<CertificateSubject | Refusal | null> {
    const { certificates } = this.parts;
    if (security.certificate === null || certificates === null) return null;
    const subject = await certificates.judge(security.certificate, new Date());
    if (typeof subject === 'string') return { status: 401, reason: `certificate-${subject}` };
    return subject.commonName === ref.station ? subject : { status: 401, reason: 'certificate-other-station' };
  }

  /**
   * Returns the profile that admits the station, or the refusal. A station that proves who it is is let in before anything is counted. For any other
   * one device-config is asked, whether the station is known here or not, so that an unknown station and a wrong password take the same steps.
   */
  private async authenticate(remoteAddress: string, ref: StationRef, evidence: Evidence): Promise<Welcome | Refusal> {
    const { limiter } = this;
    const cached = await this.parts.profiles.findCached(ref);
    const first = judgeAttempt(this.parts.peppers, ref, evidence, cached);
    if (cached !== null && first.proven) return this.admitAuthenticated(remoteAddress, ref, cached, first);
    if (cached !== null && first.refusal === null)
      return limiter.takeUnauthenticated(remoteAddress, ref, performance.now())
        ? { profile: cached, used: first.used, key: null }
        : TOO_OFTEN;
    if (!limiter.takeProfileRequest(remoteAddress, ref, performance.now())) return TOO_OFTEN;
    const current = await this.parts.profiles.requestProfile(ref, sourceOfAddress(remoteAddress));
    const second = judgeAttempt(this.parts.peppers, ref, evidence, current);
    if (current === null) return { status: 503, reason: 'no-profile' };
    if (second.proven) return this.admitAuthenticated(remoteAddress, ref, current, second);
    if (second.refusal === null) return { profile: current, used: second.used, key: null };
    limiter.countRefusal(remoteAddress, ref, performance.now());
    return second.refusal;
  }

  private admitAuthenticated(
    address: string,
    ref: StationRef,
    profile: StationProfile,
    { refusal, used, key }: Verdict,
  ): Welcome | Refusal {
    if (refusal !== null) return refusal;
    return this.limiter.takeAuthenticated(address, ref, performance.now()) ? { profile, used, key } : TOO_OFTEN;
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

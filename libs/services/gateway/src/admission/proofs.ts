import type { Keyring, StationProfile, StationRef } from '@voltbus/contracts';
import type { CertificateSubject } from './client-certificates';
import { provenKey, type ProvenKey } from './credentials';
import type { Refusal } from './refusals';
import type { UpgradeRequest } from '../transport';

/** A security profile of OCPP, as a connection uses it. */
export type SecurityProfile = StationProfile['securityProfile'];

/** What an attempt has to show: its request, and the subject of its client certificate where it presented a valid one. */
export interface Evidence {
  request: Pick<UpgradeRequest, 'authorization' | 'security'>;
  certificate: CertificateSubject | null;
}

/** The judgement of one attempt by one profile. */
export interface Verdict {
  /** The station is who it says: its password is right, or its certificate. */
  proven: boolean;
  /** The security profile that it uses. */
  used: SecurityProfile;
  /** The password that proved it; null: a certificate did, or nothing. */
  key: ProvenKey | null;
  /** Null when the station may connect. */
  refusal: Refusal | null;
}

const ANY_ORGANIZATION = '*';
const UNKNOWN = unproven({ status: 401, reason: 'unknown-station' });

/** Where credentials are demanded, an unknown station, a blocked one and wrong credentials are refused by the same answer. */
export function judgeAttempt(
  peppers: Keyring | string,
  ref: StationRef,
  { request, certificate }: Evidence,
  profile: StationProfile | null,
): Verdict {
  const key = provenKey(peppers, ref, request.authorization, profile); // always, so that an unknown station costs as much
  if (profile === null) return UNKNOWN;
  if (certificate !== null && !isOfTenant(certificate, profile)) return unproven({ status: 401, reason: 'certificate-other-organization' });
  if (certificate !== null && isRevoked(certificate, profile)) return unproven({ status: 401, reason: 'certificate-revoked' });
  if (certificate === null && needsNoPassword(profile)) return unproven(refusalWithoutPassword(profile));
  if (!profile.known && (certificate === null || profile.unknownStations === 'refuse')) return UNKNOWN;
  if (certificate === null && key === null)
    return unproven({ status: 401, reason: profile.securityProfile === 3 ? 'needs-certificate' : 'wrong-credentials' });
  const used = certificate !== null ? 3 : request.security.encrypted ? 2 : 1;
  const proof = { proven: true, used, key: certificate === null ? key : null } as const;
  if (profile.blocked) return { ...proof, refusal: { status: 401, reason: 'blocked' } };
  // A05.FR.07: never below what is demanded, which is never below what the station has used before.
  if (used >= profile.securityProfile) return { ...proof, refusal: null };
  return { ...proof, refusal: { status: 401, reason: request.security.encrypted ? 'needs-certificate' : 'needs-tls' } };
}

function unproven(refusal: Refusal | null): Verdict {
  return { proven: false, used: 0, key: null, refusal };
}

/** The common names of two tenants' stations may be the same, and one CA may have issued both certificates. */
function isOfTenant({ organization }: CertificateSubject, { certificateOrganization = null }: StationProfile): boolean {
  return certificateOrganization === ANY_ORGANIZATION || (certificateOrganization !== null && certificateOrganization === organization);
}

/** By an operator, whatever the lists and responders of its CA say. */
function isRevoked({ certificate }: CertificateSubject, { revokedCertificates = [] }: StationProfile): boolean {
  return certificate !== null && revokedCertificates.includes(certificate.fingerprint);
}

/** Security profile 0 without a password. A station that has a password must prove it, whatever its tenant demands of others. */
function needsNoPassword({ securityProfile, keyHashes }: StationProfile): boolean {
  return securityProfile === 0 && keyHashes.length === 0;
}

function refusalWithoutPassword({ blocked, known, unknownStations }: StationProfile): Refusal | null {
  if (blocked) return { status: 401, reason: 'blocked' };
  return known || unknownStations === 'register' ? null : { status: 404, reason: 'unknown-station' };
}

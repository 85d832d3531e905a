import type { Protocol, StationRef } from '@voltbus/contracts';
import { NO_TENANT, type Admitted, type Decision, type Policy, type SecurityProfile } from '../domain/station';

/** The part of a tenant's row that its stations' admission depends on. */
export interface PolicyRow {
  /** Null: no such tenant. */
  unknown_stations: Policy['unknownStations'] | null;
  min_security_profile: SecurityProfile | null;
  certificate_organization: string | null;
  keep_messages_hours: number | null;
  show_cost: boolean | null;
}

/** The part of a station's row by which it is admitted. */
export interface AdmissionRow {
  /** Null: no such station. */
  key_hashes: string[] | null;
  /** Null: its password is not being replaced. */
  rotation_id: string | null;
  rotation_hashes: string[];
  security_profile: SecurityProfile | null;
  reached_profile: SecurityProfile | null;
  blocked: boolean | null;
  registration: Decision | null;
  station_group: string | null;
  pinned_protocol: Protocol | null;
  booted: boolean;
  revoked_certificates: string[] | null;
}

export interface ProfileRow extends PolicyRow, AdmissionRow, StationRef {}

export function policyOf({
  unknown_stations,
  min_security_profile,
  certificate_organization,
  keep_messages_hours,
  show_cost,
}: PolicyRow): Policy {
  if (unknown_stations === null || min_security_profile === null || keep_messages_hours === null || show_cost === null) return NO_TENANT;
  return {
    unknownStations: unknown_stations,
    minSecurityProfile: min_security_profile,
    certificateOrganization: certificate_organization,
    keepMessagesHours: keep_messages_hours,
    showCost: show_cost,
  };
}

export function admittedOf({
  key_hashes,
  rotation_id,
  rotation_hashes,
  security_profile,
  reached_profile,
  blocked,
  registration,
  station_group,
  pinned_protocol,
  booted,
  revoked_certificates,
}: AdmissionRow): Admitted | null {
  if (key_hashes === null || blocked === null || registration === null) return null;
  const pinnedProtocol = pinned_protocol;
  const [securityProfile, reachedSecurityProfile] = [security_profile, reached_profile];
  return {
    keyHashes: key_hashes,
    passwordRotation: rotation_id === null ? null : { id: rotation_id, keyHashes: rotation_hashes },
    securityProfile,
    reachedSecurityProfile,
    blocked,
    registration,
    group: station_group,
    pinnedProtocol,
    booted,
    revokedCertificates: revoked_certificates ?? [],
  };
}

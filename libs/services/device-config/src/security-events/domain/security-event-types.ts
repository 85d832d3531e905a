import type { SecuritySeverity } from '@voltbus/contracts';

/**
 * The types that OCPP names (2.0.1 part 2 appendices 1.4, security events; 1.6 security whitepaper, appendix) and how urgent each is for whoever is on call:
 * `critical` is an attack or a station that can no longer be trusted, `warning` may become one, `info` is the record of a change. OCPP's own "critical" says
 * only which types a station must report at once.
 */
const SEVERITIES = {
  AttemptedReplayAttacks: 'critical',
  CentralSystemFailedToAuthenticate: 'critical',
  CsmsFailedToAuthenticate: 'critical',
  FailedToAuthenticateAtCentralSystem: 'warning',
  FailedToAuthenticateAtCsms: 'warning',
  FirmwareUpdated: 'info',
  InvalidCentralSystemCertificate: 'critical',
  InvalidChargePointCertificate: 'warning',
  InvalidChargingStationCertificate: 'warning',
  InvalidCsmsCertificate: 'critical',
  InvalidFirmwareSignature: 'critical',
  InvalidFirmwareSigningCertificate: 'critical',
  InvalidMessages: 'warning',
  InvalidTLSCipherSuite: 'critical',
  InvalidTLSVersion: 'critical',
  MaintenanceLoginAccepted: 'info',
  MaintenanceLoginFailed: 'warning',
  MemoryExhaustion: 'warning',
  ReconfigurationOfSecurityParameters: 'warning',
  ResetOrReboot: 'info',
  SecurityLogWasCleared: 'critical',
  SettingSystemTime: 'info',
  StartupOfTheDevice: 'info',
  TamperDetectionActivated: 'critical',
} as const satisfies Readonly<Record<string, SecuritySeverity>>;

/** Reasons for which gateways refuse a connection that somebody may have meant to be a station's. */
const REFUSALS: Readonly<Record<string, SecuritySeverity>> = {
  'wrong-credentials': 'warning',
  'too-many-attempts': 'warning',
  // A05.FR.07: a station, or somebody in its name, that falls back to a lower security profile.
  'needs-tls': 'warning',
  'needs-certificate': 'warning',
  'certificate-revoked': 'critical',
  // Somebody holds a valid certificate, and uses it in the name of another station.
  'certificate-other-station': 'critical',
  'certificate-other-organization': 'critical',
};

/** The reasons of client certificates that are not taken. */
const OF_CERTIFICATES = 'certificate-';

const BY_LOWER_CASE = new Map(Object.entries(SEVERITIES).map(([type, severity]) => [type.toLowerCase(), { type, severity }]));
/** A04.FR.03: the list is open. What a vendor invented is looked at. */
const OF_OTHERS: SecuritySeverity = 'warning';

/** The type as OCPP spells it, where it is one of OCPP's; `known` is what may be a label of a metric. */
export function classify(reported: string): { type: string; severity: SecuritySeverity; known: boolean } {
  const known = BY_LOWER_CASE.get(reported.trim().toLowerCase());
  return known === undefined ? { type: reported, severity: OF_OTHERS, known: false } : { ...known, known: true };
}

/** Null: the refusal says nothing about security. */
export function severityOfRefusal(reason: string): SecuritySeverity | null {
  if (Object.hasOwn(REFUSALS, reason)) return REFUSALS[reason] ?? null;
  return reason.startsWith(OF_CERTIFICATES) ? 'warning' : null;
}

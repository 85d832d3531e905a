import {
  NO_QUIRKS,
  type Protocol,
  type QuirkSettings,
  type Registration,
  type StationProfile,
  type StationRef,
  type Tenant,
} from '@voltbus/contracts';
import type { ShownConnector } from '../../availability';
import type { IdentityConflict } from '../../identity-conflicts';
import { NO_DESCRIPTION, type Description } from './description';

export type SecurityProfile = Tenant['minSecurityProfile'];

/** The operator's decision that answers a BootNotification. */
export type Decision = Exclude<Registration, 'unknown'>;

/** What an operator sets of a station: how it is admitted, and how it is described. */
export interface Admission extends Description {
  keyHashes: string[];
  /** Its password is being replaced by a new one, whose hashes are among `keyHashes`; null: it is not. */
  passwordRotation: { id: string; keyHashes: string[] } | null;
  /** The station's own demand; null: its tenant's applies. */
  securityProfile: SecurityProfile | null;
  /** The highest of 2 and 3 that it has used, below which it may not fall again (A05.FR.07); null: neither. */
  reachedSecurityProfile: SecurityProfile | null;
  blocked: boolean;
  registration: Decision;
  /** Its sessions may be priced by this group; null: it is in none. */
  group: string | null;
  /** The version agreed on with it wherever it offers it; null: its own order decides. */
  pinnedProtocol: Protocol | null;
}

/** A station's admission, and whether it has booted. */
export interface AdmittedStation extends Admission {
  booted: boolean;
  /** Fingerprints of certificates that were revoked, until they expire. */
  revokedCertificates: readonly string[];
}

/** The part of it by which gateways admit it. */
export type Admitted = Omit<AdmittedStation, keyof Description>;

/** A station's connection: whether it is there, and what was last known of it. */
export interface StationPresence extends StationRef {
  online: boolean;
  protocol: Protocol | null;
  lastSeenAt: string | null;
}

/** Everything that is stored of a station, but its credentials. */
export interface StoredStation extends StationPresence, Omit<Admission, 'keyHashes' | 'passwordRotation'> {
  /** The security profile that the station must use: the highest of its own and its tenant's demand and the one it has reached; at least 1 when it has a password. */
  demandedProfile: SecurityProfile;
  /** Of its latest connection; null: none since this is stored. */
  usedSecurityProfile: SecurityProfile | null;
  vendor: string | null;
  model: string | null;
  serialNumber: string | null;
  firmwareVersion: string | null;
  connectors: ShownConnector[];
  /** Reports about connectors beyond those that are kept. */
  reportsNotKept: number;
  /** Connections of its identity that keep taking its place from each other; null: none. */
  conflict: IdentityConflict | null;
}

/** How a station describes itself in its BootNotification. */
export interface BootFacts {
  vendor: string | null;
  model: string | null;
  serialNumber: string | null;
  firmwareVersion: string | null;
  /** Why it boots (2.x); null: it does not say, as no station of 1.6 does. */
  reason: string | null;
}

export const NEW_STATION: Admission = {
  ...NO_DESCRIPTION,
  keyHashes: [],
  passwordRotation: null,
  securityProfile: null,
  reachedSecurityProfile: null,
  blocked: false,
  registration: 'accepted',
  group: null,
  pinnedProtocol: null,
};

/** The part of a tenant that its stations' admission depends on. */
export type Policy = Pick<Tenant, 'unknownStations' | 'minSecurityProfile' | 'certificateOrganization' | 'keepMessagesHours' | 'showCost'>;
/** An unknown tenant looks like one that refuses unknown stations. */
export const NO_TENANT: Policy = {
  unknownStations: 'refuse',
  minSecurityProfile: 1,
  certificateOrganization: null,
  keepMessagesHours: 0,
  showCost: false,
};

/** Never lower than the tenant demands. */
export function demandedProfile(policy: Pick<Policy, 'minSecurityProfile'>, own: SecurityProfile | null): SecurityProfile {
  return own !== null && own > policy.minSecurityProfile ? own : policy.minSecurityProfile;
}

/** What the lowest security profile of a station depends on, beside its tenant. */
interface StationDemands {
  /** The station's own demand; null: it has none. */
  own: SecurityProfile | null;
  reached: SecurityProfile | null;
  hasPassword: boolean;
}

/** The lowest that it may use. A station that has a password must prove it, also where its tenant demands none (A00.FR.201). */
export function lowestProfile(policy: Pick<Policy, 'minSecurityProfile'>, { own, reached, hasPassword }: StationDemands): SecurityProfile {
  const demanded = demandedProfile(policy, own);
  const kept = reached !== null && reached > demanded ? reached : demanded;
  return hasPassword && kept === 0 ? 1 : kept;
}

/** The profile by which gateways admit a station, and what is switched for it. Until it has booted its registration is unknown, whatever the answer to its boot will be (B01.FR.10). */
export function profileOf(ref: StationRef, policy: Policy, station: Admitted | null, quirks: QuirkSettings = NO_QUIRKS): StationProfile {
  const { tenant, station: name } = ref;
  const { unknownStations } = policy;
  const keepsMessages = policy.keepMessagesHours > 0;
  const { certificateOrganization } = policy;
  const shared = { tenant, station: name, unknownStations, answersUpdates: policy.showCost, keepsMessages, certificateOrganization };
  if (station === null) {
    return { ...shared, known: false, blocked: false, securityProfile: policy.minSecurityProfile, keyHashes: [], registration: 'unknown' };
  }
  const { blocked, keyHashes, booted, registration, securityProfile: own, reachedSecurityProfile: reached, pinnedProtocol } = station;
  return {
    ...shared,
    known: true,
    blocked,
    securityProfile: lowestProfile(policy, { own, reached, hasPassword: keyHashes.length > 0 }),
    keyHashes,
    registration: booted ? registration : 'unknown',
    pinnedProtocol,
    passwordRotation: station.passwordRotation,
    revokedCertificates: [...station.revokedCertificates],
    ...(Object.keys(quirks).length === 0 ? {} : { quirks }),
  };
}

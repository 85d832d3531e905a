import type { ShownConnector } from '../../availability/domain/connector-status';
import type { IdentityConflict } from '../../identity-conflicts/domain/identity-conflict';
import type { Protocol, Registration, StationProfile, StationRef, Tenant } from '@voltbus/contracts';

export type SecurityProfile = Tenant['minSecurityProfile'];

/** What a BootNotification is answered: an operator's decision. */
export type Decision = Exclude<Registration, 'unknown'>;

/** What an operator says of a station. */
export interface Admission {
  keyHashes: string[];
  /** Null: what the tenant demands. */
  securityProfile: SecurityProfile | null;
  blocked: boolean;
  registration: Decision;
  /** What its sessions may be priced by; null: none. */
  group: string | null;
  /** The version agreed on with it wherever it offers it; null: its own order decides. */
  pinnedProtocol: Protocol | null;
}

/** A station as far as its admission goes. */
export interface AdmittedStation extends Admission {
  booted: boolean;
}

export interface Connector {
  evse: number;
  connector: number;
  status: string;
  /** 1.6 only. */
  errorCode: string | null;
  changedAt: string;
}

/** Everything that is stored of a station, but its credentials. */
export interface StoredStation extends StationRef, Omit<Admission, 'keyHashes'> {
  /** What the station must use: its own demand or its tenant's, whichever is higher; at least 1 when it has a password. */
  demandedProfile: SecurityProfile;
  online: boolean;
  protocol: Protocol | null;
  lastSeenAt: string | null;
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

/** What a station says of itself when it boots. */
export interface BootFacts {
  vendor: string | null;
  model: string | null;
  serialNumber: string | null;
  firmwareVersion: string | null;
}

export const NEW_STATION: Admission = {
  keyHashes: [],
  securityProfile: null,
  blocked: false,
  registration: 'accepted',
  group: null,
  pinnedProtocol: null,
};

/** A tenant nobody knows looks like one that refuses. */
export type Policy = Pick<Tenant, 'unknownStations' | 'minSecurityProfile' | 'keepMessagesHours' | 'showCost'>;
export const NO_TENANT: Policy = { unknownStations: 'refuse', minSecurityProfile: 1, keepMessagesHours: 0, showCost: false };

/** Never lower than the tenant demands. */
export function demandedProfile(policy: Pick<Policy, 'minSecurityProfile'>, own: SecurityProfile | null): SecurityProfile {
  return own !== null && own > policy.minSecurityProfile ? own : policy.minSecurityProfile;
}

/** A station that has a password must prove it, also where its tenant demands none (A00.FR.201). */
export function usedProfile(
  policy: Pick<Policy, 'minSecurityProfile'>,
  own: SecurityProfile | null,
  hasPassword: boolean,
): SecurityProfile {
  const demanded = demandedProfile(policy, own);
  return hasPassword && demanded === 0 ? 1 : demanded;
}

/** What an upgrade needs to know. A station that never booted has said nothing yet, whatever its boot will be answered (B01.FR.10). */
export function profileOf(ref: StationRef, policy: Policy, station: AdmittedStation | null): StationProfile {
  const { tenant, station: name } = ref;
  const { unknownStations } = policy;
  const keepsMessages = policy.keepMessagesHours > 0;
  const shared = { tenant, station: name, unknownStations, answersUpdates: policy.showCost, keepsMessages };
  if (station === null) {
    return { ...shared, known: false, blocked: false, securityProfile: policy.minSecurityProfile, keyHashes: [], registration: 'unknown' };
  }
  const { blocked, keyHashes, booted, registration, securityProfile, pinnedProtocol } = station;
  return {
    ...shared,
    known: true,
    blocked,
    securityProfile: usedProfile(policy, securityProfile, keyHashes.length > 0),
    keyHashes,
    registration: booted ? registration : 'unknown',
    pinnedProtocol,
  };
}

import type { Protocol } from '@voltbus/contracts';

type Profile = 0 | 1 | 2 | 3;
export const TARGETS = [1, 2, 3] as const;
export type Target = (typeof TARGETS)[number];

/** A station, as far as its security profile may be raised. */
export interface UpgradingStation {
  /** Null: it never connected. */
  protocol: Protocol | null;
  /** Connected and accepted: it can be sent something. */
  online: boolean;
  /** Of its latest connection, and which that was; null: unknown. */
  usedProfile: Profile | null;
  epoch: number;
  /** That it may not fall below. */
  reachedProfile: Profile | null;
  hasPassword: boolean;
  /** A root of the CSMS is known to be installed. */
  hasRoot: boolean;
  /** A valid certificate of its own was taken by it, and gateways let it in by such a one. */
  hasCertificate: boolean;
  /** Its tenant names the organization of its certificates (ADR 81). */
  hasOrganization: boolean;
}

/** What keeps a station from a profile, in a word. */
export type WhyNotRaised = 'has-profile' | 'never-connected' | 'needs-url' | Lack;
type Lack = 'no-password' | 'no-root' | 'no-organization' | 'no-certificate';

const SENTENCES: Readonly<Record<Lack, string>> = {
  'no-password': 'the station has no password: give it one, and set it at the station',
  'no-root': 'no root of the CSMS is known to be installed: install one, or ask the station for its certificates',
  'no-organization': 'its tenant names no certificateOrganization: no certificate would prove the station',
  'no-certificate': 'the station has no valid certificate of its own that was issued here and that it has taken: have it ask for one',
};

/** A05.FR.01, FR.10: never to a lower profile, and never over OCPP to the same. Null: it may be raised. */
export function whyNotHigher({ protocol, usedProfile, reachedProfile }: UpgradingStation, target: Target): string | null {
  if (protocol === null || usedProfile === null)
    return 'the station never connected: which version and security profile it uses is not known';
  const highest = Math.max(usedProfile, reachedProfile ?? 0);
  return target > highest ? null : `the station has used security profile ${highest}: it can only be raised`;
}

/** A05.FR.02, FR.03; 1.6 A05.FR.02 to 04: what the station needs for that profile, so that it would refuse, or not come back, without. Null: it has it all. */
export function whyNotReady(station: UpgradingStation, target: Target): string | null {
  const lack = lackOf(station, target);
  return lack === null ? null : SENTENCES[lack];
}

function lackOf(station: UpgradingStation, target: Target): Lack | null {
  if (target < 3 && !station.hasPassword) return 'no-password';
  if (target >= 2 && !station.hasRoot) return 'no-root';
  if (target < 3) return null;
  if (!station.hasOrganization) return 'no-organization';
  return station.hasCertificate ? null : 'no-certificate';
}

/** The same, and whether it has the profile already or could not be told where to connect (2.x), in a word. Null: it may be raised. */
export function whyNotRaised(station: UpgradingStation, { target, hasUrl }: { target: Target; hasUrl: boolean }): WhyNotRaised | null {
  const { protocol, usedProfile } = station;
  if (protocol === null || usedProfile === null) return 'never-connected';
  if (whyNotHigher(station, target) !== null) return 'has-profile';
  return protocol !== 'ocpp1.6' && !hasUrl ? 'needs-url' : lackOf(station, target);
}

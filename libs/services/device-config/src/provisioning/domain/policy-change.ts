import { lowestProfile, type Policy, type SecurityProfile } from './station';

/** Stations alike in what their demanded security profile depends on. */
interface StationKind {
  /** The station's own demand; null: it has none. */
  own: SecurityProfile | null;
  hasPassword: boolean;
}

/** What a change of a tenant's policy means for its stations. */
interface PolicyChange {
  /** Cached profiles differ from the stored ones. */
  profilesOutdated: boolean;
  /** Stations that have to use a higher security profile than the one they connected with. */
  raised: readonly StationKind[];
}

const OWN_DEMANDS = [null, 0, 1, 2, 3] as const;
const KINDS: readonly StationKind[] = OWN_DEMANDS.flatMap((own) => [true, false].map((hasPassword) => ({ own, hasPassword })));

export function policyChange(before: Policy, after: Policy): PolicyChange {
  const logs = ({ keepMessagesHours }: Policy) => keepMessagesHours > 0;
  const same =
    before.unknownStations === after.unknownStations &&
    before.minSecurityProfile === after.minSecurityProfile &&
    before.certificateOrganization === after.certificateOrganization &&
    before.showCost === after.showCost &&
    logs(before) === logs(after);
  const lowest = (policy: Policy, kind: StationKind) => lowestProfile(policy, { ...kind, reached: null });
  const raised = KINDS.filter((kind) => lowest(after, kind) > lowest(before, kind));
  return { profilesOutdated: !same, raised };
}

import {
  CsmsError,
  NO_QUIRKS,
  inUse,
  invalidAt,
  storedKeyHash,
  type Keyring,
  type Protocol,
  type QuirkSettings,
  type StationProfile,
  type StationRef,
} from '@voltbus/contracts';
import type { StationUses } from '@voltbus/http';
import { stationDeleted, stationDescribed, stationGrouped } from './events/station-events';
import { describesTheSame, descriptionOf } from './domain/description';
import { evictionFor, differs } from './domain/eviction';
import { passwordForms } from './domain/password';
import {
  NEW_STATION,
  demandedProfile,
  profileOf,
  type Admission,
  type AdmittedStation,
  type BootFacts,
  type Decision,
  type Policy,
} from './domain/station';
import type { Evictions } from './evictions';
import type { DeviceConfigTelemetry } from '../telemetry';
import type { RegistrationGrants } from './registration-grants';
import type { StationProfiles } from './station-profiles';
import type { StationChanges } from '../station-changes';
import type { StationUnit, TypeormStations } from './store/typeorm-stations';

/** An operator's change of a station. What is left out stays as it was: the password cannot be read, so it cannot be repeated. */
export interface StationUpdate extends Partial<Omit<Admission, 'keyHashes' | 'passwordRotation'>> {
  /** Null: it has none any more. */
  password?: string | null | undefined;
}

interface Boot extends BootFacts {
  protocol: Protocol;
  epoch: number;
  at: Date;
}

interface BootDecision {
  registration: Decision;
  quirks: QuirkSettings;
}

interface StationsParts {
  store: TypeormStations;
  profiles: StationProfiles;
  evictions: Evictions;
  telemetry: DeviceConfigTelemetry;
  changes: StationChanges;
  grants: Pick<RegistrationGrants, 'triggerBoot'>;
  peppers: Keyring;
}

/** Which stations there are and how they are admitted. */
export class Stations {
  constructor(private readonly parts: StationsParts) {}

  /**
   * Stores what `decide` makes of the station, and resolves to it; `writes` is called with what is about to be stored. Throws `not-found` without such a tenant, `invalid` when less is demanded than the tenant
   * demands of everybody.
   */
  async change(
    ref: StationRef,
    decide: (before: AdmittedStation | null) => StationUpdate,
    writes: (after: AdmittedStation) => void = () => undefined,
  ): Promise<AdmittedStation> {
    let granted = false;
    const stored = await this.parts.store.inStation(ref, async (unit) => {
      const policy = await unit.policy();
      if (policy === null) throw new CsmsError('not-found', 'no such tenant');
      const before = await unit.load();
      const update = decide(before);
      demandEnough(policy, update);
      const after = { ...NEW_STATION, booted: false, revokedCertificates: [], ...before, ...this.admissionOf(ref, update) };
      writes(after);
      await unit.admit(after, 'operator');
      if (update.reachedSecurityProfile !== undefined) await unit.setReachedSecurityProfile(after.reachedSecurityProfile);
      if (!describesTheSame(after, { ...NEW_STATION, ...before })) await this.describe(ref, unit, after);
      if (after.group !== (before?.group ?? null)) {
        await unit.publishEvent(stationGrouped({ ...ref, group: after.group }, new Date()));
        if (before !== null) await unit.outdate('quirks-changed');
      }
      const [was, is] = [profileOf(ref, policy, before), profileOf(ref, policy, after)];
      if (before !== null && differs(was, is)) await unit.outdate(evictionFor(was, is));
      granted = isGranted(was, is);
      return after;
    });
    await this.parts.evictions.of(ref);
    if (granted) await this.parts.grants.triggerBoot(ref);
    this.parts.changes.publish([ref]);
    return stored;
  }

  /** The station as an operator has set it; null: there is none. */
  find(ref: StationRef): Promise<AdmittedStation | null> {
    return this.parts.store.find(ref);
  }

  /** `mayRemove` is called while nobody else changes the station. Throws `in-use` while something refers to it: a later station of its name must not inherit that. */
  async remove(ref: StationRef, mayRemove: (before: AdmittedStation | null) => void, uses: StationUses): Promise<void> {
    await this.parts.store.inStation(ref, async (unit) => {
      await unit.lockReferences();
      mayRemove(await unit.load());
      const usedBy = [...(await uses.usersOf(ref)), ...(await unit.quirkProfiles())];
      if (usedBy.length > 0) throw inUse(usedBy);
      await unit.remove();
      await unit.publishEvent(stationDeleted(ref, new Date()));
      await unit.outdate('deleted');
    });
    await this.parts.evictions.of(ref);
  }

  /** B01, B02, B03: returns the stored decision, and what is switched for the station as it describes itself now. A station that no operator has put is registered now or rejected, by its tenant's policy. */
  async boot(ref: StationRef, boot: Boot): Promise<BootDecision> {
    const decision = await this.parts.store.inSharedTransaction(ref, async (unit) => {
      const station = (await unit.load()) ?? (await this.register(ref, unit));
      if (station === null) return 'rejected';
      await unit.booted(boot, boot);
      return station.registration;
    });
    const profile = await this.parts.profiles.refresh(ref);
    this.parts.telemetry.booted(ref, decision);
    if (decision !== 'rejected') this.parts.changes.publish([ref]);
    return { registration: decision, quirks: profile?.quirks ?? NO_QUIRKS };
  }

  /** Quirk 24: that version is agreed on from now on wherever the station offers it; an operator may take it back. The station has to reconnect. */
  async pin(ref: StationRef, { protocol, epoch }: { protocol: Protocol; epoch: number }): Promise<void> {
    const pinned = await this.parts.store.inStation(ref, async (unit) => {
      if (!(await unit.pin(protocol, epoch))) return false;
      await unit.outdate('version-pinned');
      return true;
    });
    if (!pinned) return;
    this.parts.telemetry.pinned(ref, protocol);
    await this.parts.evictions.of(ref);
    this.parts.changes.publish([ref]);
  }

  /** Throws `conflict` where another station of the tenant has one of the EVSE ids. */
  private async describe(ref: StationRef, unit: StationUnit, after: Admission): Promise<void> {
    const taken = await unit.nameEvses(after.evseIds);
    if (taken !== null) throw new CsmsError('conflict', `/evseIds: station ${taken.station} has ${taken.evseId}`);
    await unit.publishEvent(stationDescribed({ ...ref, ...descriptionOf(after) }, new Date()));
  }

  private async register(ref: StationRef, unit: StationUnit): Promise<Admission | null> {
    if ((await unit.policy())?.unknownStations !== 'register') return null;
    if (!(await unit.hasRoom())) {
      this.parts.telemetry.registeredTooMany(ref);
      return null;
    }
    await unit.admit(NEW_STATION, 'itself');
    this.parts.telemetry.registered(ref);
    return NEW_STATION;
  }

  private admissionOf(ref: StationRef, { password, ...rest }: StationUpdate): Partial<Admission> {
    if (password === undefined) return rest;
    const keyHashes = (password === null ? [] : passwordForms(password)).map((form) => storedKeyHash(this.parts.peppers, ref, form));
    return { ...rest, keyHashes, passwordRotation: null }; // an operator's password is the only one from now on
  }
}

/** A station that was told to wait or to go away is accepted with its next boot. */
function isGranted(was: StationProfile, is: StationProfile): boolean {
  return (was.registration === 'pending' || was.registration === 'rejected') && is.registration === 'accepted' && !is.blocked;
}

function demandEnough(policy: Policy, { securityProfile }: StationUpdate): void {
  if (securityProfile === undefined || securityProfile === null) return;
  if (demandedProfile(policy, securityProfile) !== securityProfile)
    throw invalidAt('/securityProfile', `the tenant demands at least ${policy.minSecurityProfile}`);
}

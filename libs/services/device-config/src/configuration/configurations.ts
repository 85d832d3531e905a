import { isDeepStrictEqual } from 'node:util';
import { CsmsError, invalidAt, type StationRef } from '@voltbus/contracts';
import { isSecretName, redactText } from '@voltbus/ocpp';
import type { ConfigurationChecks, ComparedItem } from './configuration-checks';
import type { Profile, ProfileValue } from './domain/profile';
import { MAX_PROFILES } from './limits';
import type { TypeormProfiles } from './store/typeorm-profiles';
import type { OwnConfiguration, StationConfiguration, TypeormStationConfigurations } from './store/typeorm-station-configurations';

interface ConfigurationsParts {
  profiles: TypeormProfiles;
  store: TypeormStationConfigurations;
  checks: ConfigurationChecks;
  now(): Date;
}

/** The configuration of a station, with every value that it shall have. */
export interface ComparedConfiguration extends StationConfiguration {
  items: ComparedItem[];
}

/** What operators want stations to be set to. */
export class Configurations {
  constructor(private readonly parts: ConfigurationsParts) {}

  /** Throws `conflict` where the tenant has as many profiles as it may, and `invalid` for a value that is a secret. */
  changeProfile(
    tenant: string,
    name: string,
    decide: (before: Profile | null) => Profile,
    writes: (after: Profile) => void,
  ): Promise<Profile> {
    return this.parts.profiles.change({ tenant, profile: name, now: this.parts.now() }, (before, others) => {
      const after = decide(before);
      refuseSecrets(after.values);
      if (others >= MAX_PROFILES)
        throw new CsmsError('conflict', `the tenant has ${MAX_PROFILES} configuration profiles: it may have no more`);
      writes(after);
      return after;
    });
  }

  async removeProfile(tenant: string, name: string, mayRemove: (before: Profile | null) => void): Promise<void> {
    await this.parts.profiles.change({ tenant, profile: name, now: this.parts.now() }, (before) => {
      mayRemove(before);
      return null;
    });
  }

  /** Throws `unknown-station`. The station is checked as soon as it is connected. */
  async changeStation(
    ref: StationRef,
    decide: (before: OwnConfiguration) => OwnConfiguration,
    { always = false } = {},
  ): Promise<OwnConfiguration> {
    const { store, now } = this.parts;
    await store.touch(ref.tenant, now());
    const stored = await store.inStation(ref, async (unit) => {
      const before = await unit.load();
      const after = decide(before);
      refuseSecrets(after.values);
      const isSame = isDeepStrictEqual({ values: after.values, paused: after.paused }, { values: before.values, paused: before.paused });
      await unit.write({ ...before, ...after, nextAt: isSame && !always ? before.nextAt : now() });
      return after;
    });
    if (stored === null) throw new CsmsError('unknown-station', 'no such station');
    return stored;
  }

  /** The station is checked as soon as it is connected, and values that have failed are set again. */
  async check(ref: StationRef): Promise<void> {
    await this.parts.store.forgetUnanswered(ref);
    await this.changeStation(ref, ({ values, paused }) => ({ values, paused }), { always: true });
  }

  async show(ref: StationRef): Promise<ComparedConfiguration> {
    const { store, checks } = this.parts;
    const station = await store.station(ref);
    if (station === null) throw new CsmsError('unknown-station', 'no such station');
    const known = await store.find(ref);
    return { ...known, items: await checks.compare(ref, station, known.values) };
  }
}

/** Secrets are not stored, so they cannot be compared: they are set one by one. */
export function refuseSecrets(values: readonly ProfileValue[], member = '/values'): void {
  values.forEach(({ key, component, variable, value }, at) => {
    const isSecret = [key, component, variable].some((name) => typeof name === 'string' && isSecretName(name));
    if (isSecret || redactText(value) !== value)
      throw invalidAt(`${member}/${at}`, 'is a secret: it is not stored, and is set by PATCH .../variables');
  });
}

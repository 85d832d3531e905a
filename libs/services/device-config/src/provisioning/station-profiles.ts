import type { Bus } from '@voltbus/bus';
import type { Connections } from '@voltbus/connections';
import type { ProfileRequest, StationProfile, StationRef } from '@voltbus/contracts';
import { publishDownlink } from '@voltbus/service';
import { differs } from './domain/eviction';
import type { DeviceConfigTelemetry } from '../telemetry';
import type { TypeormStations } from './store/typeorm-stations';

interface StationProfilesParts {
  stations: TypeormStations;
  connections: Connections;
  bus: Bus;
  telemetry: DeviceConfigTelemetry;
}

interface Refresh {
  refs: StationRef[];
  done: Promise<readonly StationProfile[]>;
}

/** Sends gateways the profiles that they need for an upgrade, and caches them in the registry for the next one. */
export class StationProfiles {
  private refreshing: Refresh | null = null;

  constructor(private readonly parts: StationProfilesParts) {}

  /**
   * Returns the work that answers these requests; the caller settles it. A profile is sent before it is cached: only known ones are cached, and the
   * time that an answer takes must not show which those are.
   */
  async answers(requests: readonly ProfileRequest[]): Promise<(() => Promise<void>)[]> {
    const profiles = await this.parts.stations.profiles(requests);
    const known = profiles.filter((profile) => profile.known).length;
    this.parts.telemetry.profilesSent('known', known);
    this.parts.telemetry.profilesSent('unknown', profiles.length - known);
    const sending = requests.flatMap((request, index) => {
      const profile = profiles[index];
      return profile === undefined ? [] : [() => this.send(request, profile)];
    });
    return [...sending, () => this.cache(profiles)];
  }

  /** Caches the stored profile of a station, and resolves to it: of all that have changed in this turn of the event loop together. */
  async refresh(ref: StationRef): Promise<StationProfile | undefined> {
    const { refs, done } = (this.refreshing ??= this.nextRefresh());
    const at = refs.push(ref) - 1;
    return (await done)[at];
  }

  private nextRefresh(): Refresh {
    const refs: StationRef[] = [];
    const done = new Promise((turn) => setImmediate(turn)).then(async () => {
      this.refreshing = null;
      const profiles = await this.parts.stations.profiles(refs);
      await this.cache(profiles);
      return profiles;
    });
    return { refs, done };
  }

  /**
   * Best effort: without the registry gateways request a profile each time. A profile is read again after it was put, because a change in between may have dropped the
   * cached profile before the put. Unknown stations are not cached: their names can be invented.
   */
  private async cache(profiles: readonly StationProfile[]): Promise<void> {
    const known = profiles.filter((profile) => profile.known);
    if (known.length === 0) return;
    const { connections, stations, telemetry } = this.parts;
    try {
      await Promise.all(known.map((profile) => connections.putProfile(profile)));
    } catch (error) {
      return telemetry.profileNotCached(error);
    }
    const now = await stations.profiles(known);
    const outdated = known.filter((profile, index) => now[index] === undefined || differs(profile, now[index]));
    await Promise.all(outdated.map((profile) => connections.dropProfile(profile))).catch((error: unknown) =>
      telemetry.profileNotCached(error),
    );
  }

  private send({ tenant, station, requestId, inst, bucket }: ProfileRequest, profile: StationProfile): Promise<void> {
    return publishDownlink(
      this.parts.bus,
      { ref: { tenant, station }, bucket },
      { kind: 'profile', inst, requestId },
      JSON.stringify(profile),
    );
  }
}

import type { Bus } from '@voltbus/bus';
import type { Connections } from '@voltbus/connections';
import type { ProfileRequest, StationProfile, StationRef } from '@voltbus/contracts';
import { publishDownlink } from '@voltbus/service';
import { differs } from './domain/eviction';
import type { DeviceConfigTelemetry } from '../telemetry';
import type { TypeormStations } from './store/typeorm-stations';

export interface StationProfilesParts {
  stations: TypeormStations;
  connections: Connections;
  bus: Bus;
  telemetry: DeviceConfigTelemetry;
}

/** Tells gateways what an upgrade needs to know, and keeps it in the registry for the next one. */
export class StationProfiles {
  constructor(private readonly parts: StationProfilesParts) {}

  /**
   * What is to be done for these requests; the doing is the caller's to settle. Told before it is cached: only known ones are cached, and how long an
   * answer takes must not say which they are.
   */
  async answers(requests: readonly ProfileRequest[]): Promise<(() => Promise<void>)[]> {
    const profiles = await this.parts.stations.profiles(requests);
    const known = profiles.filter((profile) => profile.known).length;
    this.parts.telemetry.profilesSent('known', known);
    this.parts.telemetry.profilesSent('unknown', profiles.length - known);
    const telling = requests.flatMap((request, index) => {
      const profile = profiles[index];
      return profile === undefined ? [] : [() => this.send(request, profile)];
    });
    return [...telling, () => this.cache(profiles)];
  }

  /** Caches what is stored of a station now. */
  async refresh(ref: StationRef): Promise<void> {
    await this.cache(await this.parts.stations.profiles([ref]));
  }

  /**
   * Best effort: without the registry gateways ask each time. Read again after it was put: a change that was made in between drops the cached profile
   * either before the put or after it, and one of the two must see it. Unknown stations are not cached: anybody can invent them.
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

import { findLive, type Connections, type Owner } from '@voltbus/connections';
import type { StationRef } from '@voltbus/contracts';
import type { StoredStation } from './domain/station';
import type { DeviceConfigTelemetry } from '../telemetry';
import type { TypeormStationViews } from './store/typeorm-station-views';

interface StationDirectoryParts {
  views: TypeormStationViews;
  connections: Connections;
  telemetry: DeviceConfigTelemetry;
}

/**
 * Stations as they are now. The connection registry knows which are connected; while it is away, the last event of the
 * gateway counts.
 */
export class StationDirectory {
  constructor(private readonly parts: StationDirectoryParts) {}

  async find(ref: StationRef): Promise<StoredStation | null> {
    const stored = await this.parts.views.find(ref);
    if (stored === null) return null;
    return (await this.present([stored]))[0] ?? null;
  }

  async page(tenant: string, where: { limit: number; after: string | null }): Promise<StoredStation[]> {
    return this.present(await this.parts.views.page(tenant, where));
  }

  private async present(stations: StoredStation[]): Promise<StoredStation[]> {
    try {
      const owners = await findLive(this.parts.connections, stations);
      return stations.map((station, index) => withOwner(station, owners[index] ?? null));
    } catch (error) {
      this.parts.telemetry.presenceFromStore(error);
      return stations;
    }
  }
}

/** No heartbeat is written: gateways keep the time of a station's last message in the registry. */
function withOwner(station: StoredStation, owner: Owner | null): StoredStation {
  if (owner === null) return { ...station, online: false };
  const stored = station.lastSeenAt === null ? 0 : Date.parse(station.lastSeenAt);
  return { ...station, online: true, protocol: owner.protocol, lastSeenAt: new Date(Math.max(stored, owner.lastSeenAt)).toISOString() };
}

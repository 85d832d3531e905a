import { findLive, type Connections, type Owner } from '@voltbus/connections';
import type { StationRef } from '@voltbus/contracts';
import type { ListSource, Position } from '@voltbus/database';
import type { StationPresence, StoredStation } from './domain/station';
import { LiveStations } from './live-stations';
import type { DeviceConfigTelemetry } from '../telemetry';
import type { StationFilters, StationSort } from './store/typeorm-station-list';
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

  /** The stations of a tenant. */
  list(tenant: string): ListSource<StoredStation, StationFilters, StationSort> {
    return new LiveStations({
      rows: async (slice) => this.presentRows(await this.parts.views.rows(tenant, slice)),
      presenceRows: async (slice) => this.presentRows(await this.parts.views.presenceRows(tenant, slice)),
      stationsWith: async (presences) => {
        const stored = await this.parts.views.named(
          tenant,
          presences.map(({ station }) => station),
        );
        return new Map(presences.flatMap((presence) => withPresence(stored, presence)));
      },
      count: (filters, most) => this.parts.views.count(tenant, filters, most),
    });
  }

  private async presentRows<S extends StationPresence>(rows: { station: S; position: Position }[]): Promise<typeof rows> {
    const present = await this.present(rows.map(({ station }) => station));
    return present.map((station, at) => ({ station, position: rows[at]?.position ?? [] }));
  }

  private async present<S extends StationPresence>(stations: S[]): Promise<S[]> {
    try {
      const owners = await findLive(this.parts.connections, stations);
      return stations.map((station, index) => withOwner(station, owners[index] ?? null));
    } catch (error) {
      this.parts.telemetry.presenceFromStore(error);
      return stations;
    }
  }
}

/** The station with the connection that it was found by: a filter by connection never shows another. */
function withPresence(stored: ReadonlyMap<string, StoredStation>, presence: StationPresence): [string, StoredStation][] {
  const station = stored.get(presence.station);
  return station === undefined ? [] : [[presence.station, { ...station, ...presence }]];
}

/** No heartbeat is written: gateways keep the time of a station's last message in the registry. */
function withOwner<S extends StationPresence>(station: S, owner: Owner | null): S {
  if (owner === null) return { ...station, online: false };
  const stored = station.lastSeenAt === null ? 0 : Date.parse(station.lastSeenAt);
  return { ...station, online: true, protocol: owner.protocol, lastSeenAt: new Date(Math.max(stored, owner.lastSeenAt)).toISOString() };
}

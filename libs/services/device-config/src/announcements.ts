import { STATIONS, TENANTS, deterministicId, stationKey, type StationGrouping, type Tenant } from '@voltbus/contracts';
import type { OutboxEvent } from '@voltbus/persistence';

/** `csms.tenants.v1` is keyed by station like every topic; a tenant's own news has this in the station's place. */
export const NO_STATION = '-';

function announcement(happening: 'changed' | 'deleted', tenant: string, value: object, at: Date): OutboxEvent {
  const ref = { tenant, station: NO_STATION };
  const time = at.toISOString();
  return {
    topic: TENANTS,
    ref,
    event: {
      id: deterministicId(tenant, happening, time),
      type: `voltbus.tenant.${happening}`,
      source: '/voltbus/device-config',
      time,
      subject: stationKey(ref),
      tenant,
    },
    value,
  };
}

export function tenantChanged(tenant: Tenant, at: Date): OutboxEvent {
  return announcement('changed', tenant.tenant, tenant, at);
}

export function tenantDeleted(tenant: string, at: Date): OutboxEvent {
  return announcement('deleted', tenant, { tenant }, at);
}

/** The group of a station from now on. */
export function stationGrouped(grouping: StationGrouping, at: Date): OutboxEvent {
  const { tenant, station } = grouping;
  const time = at.toISOString();
  return {
    topic: STATIONS,
    ref: { tenant, station },
    event: {
      id: deterministicId(tenant, station, 'grouped', time),
      type: 'voltbus.station.grouped',
      source: '/voltbus/device-config',
      time,
      subject: stationKey(grouping),
      tenant,
    },
    value: grouping,
  };
}

import { STATIONS, TENANTS, deterministicId, stationKey, type StationGrouping, type StationRef, type Tenant } from '@voltbus/contracts';
import type { OutboxEvent } from '@voltbus/database';

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
  return stationNews('grouped', grouping, at);
}

/** It is in no group any more, and whoever keeps something of it may let it go. */
export function stationDeleted({ tenant, station }: StationRef, at: Date): OutboxEvent {
  return stationNews('deleted', { tenant, station, group: null }, at);
}

function stationNews(happening: 'grouped' | 'deleted', value: StationGrouping, at: Date): OutboxEvent {
  const { tenant, station } = value;
  const time = at.toISOString();
  return {
    topic: STATIONS,
    ref: { tenant, station },
    event: {
      id: deterministicId(tenant, station, happening, time),
      type: `voltbus.station.${happening}`,
      source: '/voltbus/device-config',
      time,
      subject: stationKey(value),
      tenant,
    },
    value,
  };
}

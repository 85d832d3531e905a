import { TENANTS, deterministicId, stationKey, type EventType, type Tenant } from '@voltbus/contracts';
import type { OutboxEvent } from '@voltbus/database';

/** `csms.tenants.v1` is keyed by station like every topic; an event of a tenant has this in the station's place. */
export const NO_STATION = '-';

export function tenantChanged(tenant: Tenant, at: Date): OutboxEvent {
  return tenantEvent(TENANTS.events.changed, tenant.tenant, tenant, at);
}

export function tenantDeleted(tenant: string, at: Date): OutboxEvent {
  return tenantEvent(TENANTS.events.deleted, tenant, { tenant }, at);
}

function tenantEvent({ topic, type }: EventType, tenant: string, value: object, at: Date): OutboxEvent {
  const ref = { tenant, station: NO_STATION };
  const time = at.toISOString();
  const kind = type?.split('.').at(-1) ?? '';
  return {
    topic,
    ref,
    event: {
      id: deterministicId(tenant, kind, time),
      type: type ?? '',
      source: '/voltbus/device-config',
      time,
      subject: stationKey(ref),
      tenant,
    },
    value,
  };
}

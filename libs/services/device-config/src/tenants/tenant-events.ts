import { NO_STATION, TENANTS, deterministicId, type Tenant } from '@voltbus/contracts';
import { outboxEvent, type OutboxEvent } from '@voltbus/database';

export function tenantChanged(tenant: Tenant, at: Date): OutboxEvent {
  return outboxEvent(TENANTS.events.changed, { ...about(tenant.tenant, 'changed', at), value: tenant });
}

export function tenantDeleted(tenant: string, at: Date): OutboxEvent {
  return outboxEvent(TENANTS.events.deleted, { ...about(tenant, 'deleted', at), value: { tenant } });
}

function about(tenant: string, kind: keyof typeof TENANTS.events, at: Date) {
  const time = at.toISOString();
  return { id: deterministicId(tenant, kind, time), ref: { tenant, station: NO_STATION }, time };
}

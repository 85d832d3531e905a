import { fromCloudEventHeaders, type Tenant } from '@voltbus/contracts';
import { PoisonError, type BusRecord, type Handler } from '@voltbus/bus';
import { transiently } from '@voltbus/persistence';
import type { TypeormTokens } from '../store/typeorm-tokens';

/** Keeps what this service needs of the tenants' policies. */
export function onTenantChanged(store: TypeormTokens): Handler {
  return {
    shape: 'key',
    name: 'on-tenant-changed',
    async handle(record: BusRecord) {
      const { tenant, type } = fromCloudEventHeaders(record.headers);
      if (type === 'voltbus.tenant.deleted') return transiently(() => store.forgetTenant(tenant));
      // The topic's owner is the only one who writes it.
      const { unknownTokens, masterPassGroup = null } = JSON.parse(record.value.toString('utf8')) as Partial<Tenant>;
      if (unknownTokens !== 'refuse' && unknownTokens !== 'accept')
        throw new PoisonError(`a tenant without a policy for unknown tokens: ${tenant}`);
      return transiently(() => store.rememberTenant(tenant, { unknownTokens, masterPassGroup }));
    },
  };
}

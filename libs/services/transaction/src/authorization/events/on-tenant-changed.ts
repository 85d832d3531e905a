import { fromCloudEventHeaders, type Tenant } from '@voltbus/contracts';
import { PoisonError, type BusRecord, type Handler } from '@voltbus/bus';
import { transiently } from '@voltbus/database';
import type { TypeormPrices } from '../../running-cost/store/typeorm-prices';
import type { TypeormTokens } from '../store/typeorm-tokens';

/** Keeps what this service needs of the tenants' policies. */
export function onTenantChanged(store: TypeormTokens, prices: TypeormPrices): Handler {
  return {
    shape: 'key',
    name: 'on-tenant-changed',
    async handle(record: BusRecord) {
      const { tenant, type, time } = fromCloudEventHeaders(record.headers);
      if (type === 'voltbus.tenant.deleted') return transiently(() => store.forgetTenant(tenant));
      // The topic's owner is the only one who writes it.
      const told = JSON.parse(record.value.toString('utf8')) as Partial<Tenant>;
      const { unknownTokens, masterPassGroup = null, currency, defaultTariff = null, showCost = false } = told;
      if (unknownTokens !== 'refuse' && unknownTokens !== 'accept')
        throw new PoisonError(`a tenant without a policy for unknown tokens: ${tenant}`);
      await transiently(() => store.rememberTenant(tenant, { unknownTokens, masterPassGroup }));
      if (currency === undefined) return;
      await transiently(() => prices.rememberTerms(tenant, { currency, defaultTariff, showCost }, new Date(time)));
    },
  };
}

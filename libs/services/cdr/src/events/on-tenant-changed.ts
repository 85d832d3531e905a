import { fromCloudEventHeaders, type Tenant } from '@voltbus/contracts';
import { PoisonError, type BusRecord, type Handler } from '@voltbus/bus';
import { transiently } from '@voltbus/persistence';
import type { TypeormTariffs } from '../store/typeorm-tariffs';

/** Keeps the tenants' terms with their history. A tenant that was deleted keeps its terms: what it charged before may still have to be settled. */
export function onTenantChanged(store: TypeormTariffs): Handler {
  return {
    shape: 'key',
    name: 'on-tenant-changed',
    async handle(record: BusRecord) {
      const { tenant, type, time } = fromCloudEventHeaders(record.headers);
      if (type === 'voltbus.tenant.deleted') return;
      // The topic's owner is the only one who writes it.
      const { currency, defaultTariff } = JSON.parse(record.value.toString('utf8')) as Partial<Tenant>;
      if (currency === undefined) throw new PoisonError(`a tenant without a currency: ${tenant}`);
      const terms = { currency, defaultTariff: defaultTariff ?? null };
      await transiently(() => store.addTerms(tenant, terms, new Date(time)));
    },
  };
}

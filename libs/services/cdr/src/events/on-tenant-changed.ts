import { DEFAULT_REVIEW_FLAGS, fromCloudEventHeaders, type Tenant } from '@voltbus/contracts';
import { PoisonError, type BusRecord, type Handler } from '@voltbus/bus';
import { transiently } from '@voltbus/database';
import type { TypeormReviews } from '../review/typeorm-reviews';
import type { TypeormTariffs } from '../store/typeorm-tariffs';

/** Keeps what the tenants want to have looked at, and their terms with their history. A tenant that was deleted keeps its terms: what it charged before may still have to be settled. */
export function onTenantChanged(store: TypeormTariffs, reviews: TypeormReviews): Handler {
  return {
    shape: 'key',
    name: 'on-tenant-changed',
    async handle(record: BusRecord) {
      const { tenant, type, time } = fromCloudEventHeaders(record.headers);
      if (type === 'voltbus.tenant.deleted') return;
      // The topic's owner is the only one who writes it.
      const { currency, defaultTariff, reviewFlags, reviewAbove } = JSON.parse(record.value.toString('utf8')) as Partial<Tenant>;
      if (currency === undefined) throw new PoisonError(`a tenant without a currency: ${tenant}`);
      const terms = { currency, defaultTariff: defaultTariff ?? null };
      // left out by one of an earlier version
      const policy = { flags: reviewFlags ?? DEFAULT_REVIEW_FLAGS, above: reviewAbove ?? null };
      await transiently(() => store.addTerms(tenant, terms, new Date(time)));
      await transiently(() => reviews.setPolicy(tenant, policy));
    },
  };
}

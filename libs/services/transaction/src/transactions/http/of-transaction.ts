import { isUuid, ofItem } from '@voltbus/http';
import type { TypeormTransactionViews } from '../store/typeorm-transaction-views';

/** About the transaction whose id the path names. */
export const OF_TRANSACTION = ofItem<{ views: Pick<TypeormTransactionViews, 'find'> }>(
  'transaction',
  async ({ views }, { tenant, params: { id = '' } }) => {
    const transaction = isUuid(id) ? await views.find(tenant, id.toLowerCase()) : null;
    return transaction?.station ?? null;
  },
);

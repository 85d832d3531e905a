import { ofItem } from '@voltbus/http';
import type { TypeormTransactionViews } from '../store/typeorm-transaction-views';

/** About the transaction whose id the path names. */
export const OF_TRANSACTION = ofItem<{ views: Pick<TypeormTransactionViews, 'find'> }>('transaction', ({ views }, tenant, id) =>
  views.find(tenant, id),
);

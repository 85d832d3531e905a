import { isUuid, ofItem } from '@voltbus/http';
import type { TypeormCdrs } from '../store/typeorm-cdrs';

/** About the CDR whose id the path names. */
export const OF_CDR = ofItem<{ cdrs: Pick<TypeormCdrs, 'find'> }>('CDR', async ({ cdrs }, { tenant, params: { id = '' } }) => {
  const cdr = isUuid(id) ? await cdrs.find(tenant, id.toLowerCase()) : null;
  return cdr?.station ?? null;
});

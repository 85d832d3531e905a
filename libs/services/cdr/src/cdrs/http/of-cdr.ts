import { ofItem } from '@voltbus/http';
import type { TypeormCdrs } from '../store/typeorm-cdrs';

/** About the CDR whose id the path names. */
export const OF_CDR = ofItem<{ cdrs: Pick<TypeormCdrs, 'find'> }>('CDR', ({ cdrs }, tenant, id) => cdrs.find(tenant, id));

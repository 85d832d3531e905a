import { anyOf, defineList, text } from '@voltbus/http';
import { tenantSchema } from './tenant';

/** `GET /v1/tenants`. */
export const tenantList = defineList({
  item: tenantSchema,
  keys: ['tenant'],
  filters: {
    currency: anyOf(text.max(3)).optional(),
    search: text.min(1).max(100).optional().describe('The beginning of `tenant` or `name`, without regard to case'),
  },
  sorts: ['tenant', 'name'],
  defaultSort: 'tenant',
});

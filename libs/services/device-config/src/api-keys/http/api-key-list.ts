import { SCOPES, TENANT_ROLES, anyOf, defineList, oneOf, text } from '@voltbus/http';
import { apiKeySchema } from './api-key';

const named = text.min(1).max(100);

/** `GET /v1/api-keys`. */
export const apiKeyList = defineList({
  item: apiKeySchema,
  keys: ['id'],
  filters: {
    name: anyOf(named).optional().describe('Without regard to case'),
    role: oneOf(TENANT_ROLES).optional().describe('That have any of these roles'),
    scope: oneOf(SCOPES).optional().describe('That have any of these scopes'),
    createdBy: anyOf(text.max(64)).optional().describe('Id of the key that made it, or `administrator`'),
    search: named.optional().describe('The beginning of `name`, without regard to case'),
  },
  sorts: ['createdAt', 'name', 'expiresAt'],
  defaultSort: '-createdAt',
});

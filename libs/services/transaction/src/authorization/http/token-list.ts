import { MAX_TOKEN_GROUP_LENGTH } from '@voltbus/contracts';
import { anyOf, defineList, idTokenText, oneOf, text } from '@voltbus/http';
import { TOKEN_STATUSES } from '../domain/authorization';
import { tokenSchema } from './token';

/** `GET /v1/tokens`. */
export const tokenList = defineList({
  item: tokenSchema,
  keys: ['idToken'],
  filters: {
    status: oneOf(TOKEN_STATUSES).optional().describe('As it is stored: a token that has expired since may still be `Accepted` here'),
    type: anyOf(text.max(20)).optional().describe('Without regard to case'),
    groupId: anyOf(text.max(MAX_TOKEN_GROUP_LENGTH)).optional().describe('Without regard to the case of the letters A to Z'),
    search: idTokenText.optional().describe('The beginning of `idToken`, without regard to case'),
  },
  sorts: ['idToken', 'expiresAt'],
  defaultSort: 'idToken',
});

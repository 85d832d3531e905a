import { anyOf, defineList, text } from '@voltbus/http';
import { sessionSchema } from './session';

/** An issuer's name and a subject. */
const MAX_ACTOR_LENGTH = 300;

/** `GET /v1/auth/sessions`. */
export const sessionList = defineList({
  item: sessionSchema,
  keys: ['id'],
  filters: {
    actor: anyOf(text.min(1).max(MAX_ACTOR_LENGTH))
      .optional()
      .describe('Of these people: `<name of the issuer>:<subject>`, or `administrator`'),
    search: text.min(1).max(100).optional().describe('The beginning of `name`, without regard to case'),
  },
  sorts: ['createdAt', 'lastUsedAt'],
  defaultSort: '-createdAt',
});

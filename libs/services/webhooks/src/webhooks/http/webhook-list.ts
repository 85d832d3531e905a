import { anyOf, defineList, oneOf, text, trueOrFalse } from '@voltbus/http';
import { webhookSchema } from './webhook';

/** `GET /v1/webhooks`. */
export const webhookList = defineList({
  item: webhookSchema,
  keys: ['webhook'],
  filters: {
    status: oneOf(webhookSchema.shape.status).optional(),
    enabled: trueOrFalse.optional().describe('Whether it is sent to'),
    events: anyOf(text.min(1).max(100)).optional().describe('That are sent any of these types'),
    search: text.min(1).max(100).optional().describe('The beginning of `webhook`, without regard to case'),
  },
  sorts: ['webhook', 'createdAt', 'updatedAt'],
  defaultSort: 'webhook',
});

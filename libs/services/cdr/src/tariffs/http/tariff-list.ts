import { tariffSchema } from '@voltbus/contracts';
import { anyOf, defineList, text } from '@voltbus/http';

/** `GET /v1/tariffs`. */
export const tariffList = defineList({
  item: tariffSchema,
  keys: ['tariff'],
  filters: {
    currency: anyOf(text.max(3)).optional(),
    search: text.min(1).max(100).optional().describe('The beginning of `tariff`, without regard to case'),
  },
  sorts: ['tariff', 'currency'],
  defaultSort: 'tariff',
});

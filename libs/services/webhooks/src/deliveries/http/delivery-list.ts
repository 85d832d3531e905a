import { MAX_STATION_LENGTH } from '@voltbus/contracts';
import { anyOf, defineList, instant, oneOf, text } from '@voltbus/http';
import { DEATH_REASONS, DELIVERY_STATES } from '../domain/delivery';
import { listedDeliverySchema } from './delivery';

/** `GET /v1/webhooks/{webhook}/deliveries`. */
export const deliveryList = defineList({
  item: listedDeliverySchema,
  keys: ['id'],
  filters: {
    state: oneOf(DELIVERY_STATES).optional(),
    reason: oneOf(DEATH_REASONS).optional().describe('Why it is dead'),
    eventType: anyOf(text.min(1).max(100)).optional().describe('The CloudEvents type of the event'),
    eventId: anyOf(text.min(1).max(255)).optional().describe('The CloudEvents id of the event'),
    station: anyOf(text.min(1).max(MAX_STATION_LENGTH)).optional(),
    from: instant.optional().describe('Created then or later'),
    to: instant.optional().describe('Created before'),
  },
  sorts: ['createdAt'],
  defaultSort: '-createdAt',
});

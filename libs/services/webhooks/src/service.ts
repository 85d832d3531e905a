import { deletedTenants, tablesOf, tokenErasures, type ServiceDefinition } from '@voltbus/service';
import { deliveries } from './deliveries/block';
import { WEBHOOK_TOPICS } from './deliveries/event-recorder';
import { telemetry } from './telemetry';
import { webhooks } from './webhooks/block';

/** Posts events of the public topics to the URLs that tenants name. */
export const webhooksService: ServiceDefinition = {
  name: 'webhooks',
  schema: 'webhooks',
  blocks: [
    telemetry,
    deletedTenants('webhooks', '0030-deleted-tenants'),
    tokenErasures('webhooks', { service: 'webhooks', migration: '0040-token-erasures', declared: () => tablesOf(webhooksService) }),
    webhooks,
    deliveries,
  ],
  // their events are recorded by one handler, so that what makes one topic wait makes them all wait (ADR 11)
  together: [WEBHOOK_TOPICS],
};

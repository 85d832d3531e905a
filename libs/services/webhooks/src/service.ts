import { deletedTenants, type ServiceDefinition } from '@voltbus/service';
import { deliveries } from './deliveries/block';
import { telemetry } from './telemetry';
import { webhooks } from './webhooks/block';

/** Posts events of the public topics to the URLs that tenants name. */
export const webhooksService: ServiceDefinition = {
  name: 'webhooks',
  schema: 'webhooks',
  blocks: [telemetry, deletedTenants('webhooks', '0030-deleted-tenants'), webhooks, deliveries],
};

import { serviceModules } from '@voltbus/service';
import { webhooksService } from './service';

export { webhooksService };

const modules = serviceModules(webhooksService);

/** Records events for webhooks, and sends them. */
export const WebhooksWorkerModule = modules.worker;
/** Webhooks, their deliveries, tests and replays. */
export const WebhooksHttpModule = modules.http;

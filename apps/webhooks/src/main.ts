import { runProcess } from '@voltbus/runtime';
import { WebhooksWorkerModule } from '@voltbus/service-webhooks';

void runProcess({ name: 'webhooks', mode: 'cluster', module: WebhooksWorkerModule });

import { TENANTS } from '@voltbus/contracts';
import { encryptionKeys } from '@voltbus/runtime';
import { defineBlock, onEach } from '@voltbus/service';
import { targetRules } from '../target/settings';
import { WebhooksController } from './http/webhooks.controller';
import { SigningSecrets } from './signing-secrets';
import { webhooksMigration } from './store/migrations/0010-webhooks';
import { tables } from './store/tables';
import { TypeormWebhooks } from './store/typeorm-webhooks';
import { Webhooks } from './webhooks';

/** Where tenants want events posted: URLs, event types, signing secrets. */
export const webhooks = defineBlock({
  name: 'webhooks',
  migrations: [webhooksMigration],
  tables,
  store: ({ database }) => new TypeormWebhooks(database),
  build: ({ store, settings, now }) => {
    const secrets = new SigningSecrets(encryptionKeys(settings));
    return { store, secrets, now, webhooks: new Webhooks({ store, secrets, rules: targetRules(settings), now }) };
  },
  on: ({ store, now }) => [onEach(TENANTS.events.deleted, ({ tenant }) => store.removeAll(tenant, now()))],
  controllers: [WebhooksController],
  provides: (provide) => [provide(Webhooks, ({ webhooks }) => webhooks), provide(TypeormWebhooks, ({ store }) => store)],
});

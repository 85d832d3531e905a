import { API_KEYS } from '@voltbus/http';
import { peppers } from '@voltbus/runtime';
import { defineBlock } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { ApiKeyCache } from './api-key-cache';
import { ApiKeyIssuer } from './api-key-issuer';
import { ApiKeyUses } from './api-key-uses';
import { ApiKeysController } from './http/api-keys.controller';
import { ApiKeyEntity } from './store/api-key.entity';
import { TypeormApiKeys } from './store/typeorm-api-keys';
import { apiKeysMigration } from './store/migrations/0020-api-keys';
import { apiKeyRolesMigration } from './store/migrations/0240-api-key-roles';
import { apiKeyRotationMigration } from './store/migrations/0310-api-key-rotation';
import { apiKeyPeppersMigration } from './store/migrations/0340-api-key-peppers';
import { tables } from './store/tables';

/** API keys of tenants: issued, revoked, and looked up for every request. */
export const apiKeys = defineBlock({
  name: 'api-keys',
  migrations: [apiKeysMigration, apiKeyRolesMigration, apiKeyRotationMigration, apiKeyPeppersMigration],
  tables,
  entities: [ApiKeyEntity],
  store: ({ database }) => new TypeormApiKeys(database),
  build({ store, settings, use }) {
    const counted = use(telemetry);
    const ring = peppers(settings);
    const uses = new ApiKeyUses({ store, failed: (error) => counted.apiKeyUsesNotWritten(error) });
    const cache = new ApiKeyCache({ store, uses, peppers: ring, notRehashed: (error) => counted.apiKeyUsesNotWritten(error) });
    return { store, uses, cache, issuer: new ApiKeyIssuer({ store, cache, telemetry: counted, peppers: ring }) };
  },
  controllers: [ApiKeysController],
  provides: (provide) => [
    provide(API_KEYS, ({ cache }) => cache),
    provide(TypeormApiKeys, ({ store }) => store),
    provide(ApiKeyIssuer, ({ issuer }) => issuer),
  ],
  httpParts: ({ uses }) => [{ name: 'uses of API keys', phase: 'work', start: () => uses.start(), stop: () => uses.stop() }],
});

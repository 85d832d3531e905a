import { TENANTS } from '@voltbus/contracts';
import { STATION_USES } from '@voltbus/http';
import { v16, v21 } from '@voltbus/ocpp';
import { answer, defineBlock, onEach } from '@voltbus/service';
import { plugAndCharge } from '../plug-and-charge/block';
import { prices } from '../prices/block';
import { telemetry } from '../telemetry';
import { CacheClearing } from './cache-clearing';
import { ExternalAuthorizerBreaker } from './external-authorizer-breaker';
import { CacheClearingController } from './http/cache-clearing.controller';
import { TokensController } from './http/tokens.controller';
import { HttpExternalAuthorizer } from './http-external-authorizer';
import { authorize as authorize16 } from './ocpp16/authorize';
import { transferredAuthorize } from './ocpp16/transferred-authorize';
import { authorize as authorize2 } from './ocpp2/authorize';
import { authorizationMigration } from './store/migrations/0010-authorization';
import { tokenPlacesMigration } from './store/migrations/0110-token-places';
import { tokenListMigration } from './store/migrations/0120-token-list';
import { tokenGroupAgeMigration } from './store/migrations/0130-token-group-age';
import { RemovedTokenEntity } from './store/removed-token.entity';
import { tables } from './store/tables';
import { TokenPolicyEntity } from './store/token-policy.entity';
import { TokenEntity } from './store/token.entity';
import { TypeormTokens } from './store/typeorm-tokens';
import { TokenAuthorizer } from './token-authorizer';

export const authorization = defineBlock({
  name: 'authorization',
  migrations: [authorizationMigration, tokenPlacesMigration, tokenListMigration, tokenGroupAgeMigration],
  tables,
  entities: [TokenEntity, RemovedTokenEntity, TokenPolicyEntity],
  store: ({ database }) => new TypeormTokens(database),
  build: ({ store, use, settings, commands, now }) => {
    const { AUTHORIZATION_URL: url, AUTHORIZATION_SECRET: secret = '', AUTHORIZATION_FALLBACK: fallback } = settings;
    const authorizer = url === undefined ? null : new HttpExternalAuthorizer({ url, secret });
    const externalAuthorizer = new ExternalAuthorizerBreaker({
      ...{ authorizer, fallback, telemetry: use(telemetry) },
      clock: () => performance.now(),
    });
    const tokenAuthorizer = new TokenAuthorizer(store, externalAuthorizer);
    const { contractCertificates, transfers } = use(plugAndCharge);
    const judgedBy = { tokens: tokenAuthorizer, contracts: contractCertificates };
    transfers.handle('Authorize', transferredAuthorize(judgedBy));
    return {
      ...{
        tokens: store,
        authorizer,
        externalAuthorizer,
        tokenAuthorizer,
        judgedBy,
        driverTariffs: use(prices).driverTariffs,
        costDisplay: use(prices).costDisplay,
      },
      cacheClearing: new CacheClearing({ commands, tokens: store, now }),
    };
  },
  answers: ({ tokenAuthorizer, judgedBy, costDisplay, driverTariffs: tariffs }) => [
    answer(v16.Authorize, authorize16(tokenAuthorizer, costDisplay)),
    answer(v21.Authorize, authorize2({ ...judgedBy, tariffs })),
  ],
  on: ({ tokens }) => [
    onEach(TENANTS.events.changed, ({ data, tenant }) => tokens.rememberTenant(tenant, data)),
    onEach(TENANTS.events.deleted, ({ tenant }) => tokens.forgetTenant(tenant)),
  ],
  controllers: [TokensController, CacheClearingController],
  provides: (provide) => [
    provide(TypeormTokens, ({ tokens }) => tokens),
    provide(STATION_USES, ({ tokens }) => tokens),
    provide(CacheClearing, ({ cacheClearing }) => cacheClearing),
  ],
});

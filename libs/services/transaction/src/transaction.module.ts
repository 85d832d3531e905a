import { Inject, Module } from '@nestjs/common';
import type { Bus } from '@voltbus/bus';
import type { Connections } from '@voltbus/connections';
import { databaseCheck } from '@voltbus/database';
import { BUS, CONNECTIONS, HEALTH, LIFECYCLE, LOGGER, METRICS, SETTINGS, retentionDays } from '@voltbus/runtime';
import type { Health, Lifecycle, Settings } from '@voltbus/runtime';
import { COMMAND_SENDER, type CommandSender } from '@voltbus/service';
import { CACHE_CLEARING, DEFAULT_TARIFFS, REMOTE_CONTROL, TRANSACTION_SERVICE, WEB_PAYMENTS } from './http/injection';
import { LocalListsController } from './local-list/http/local-lists.controller';
import { OperatorActionsController } from './transactions/http/operator-actions.controller';
import { CacheClearing } from './authorization/cache-clearing';
import { CacheClearingController } from './authorization/http/cache-clearing.controller';
import { DefaultTariffController } from './running-cost/http/default-tariff.controller';
import { QrCodesController } from './payment/http/qr-codes.controller';
import { RemoteControlController } from './remote-control/http/remote-control.controller';
import { RemoteStartsController } from './remote-control/http/remote-starts.controller';
import { RemoteStopsController } from './remote-control/http/remote-stops.controller';
import { SettlementsController } from './payment/http/settlements.controller';
import { TokensController } from './authorization/http/tokens.controller';
import { TransactionsController } from './transactions/http/transactions.controller';
import { WebPaymentsController } from './payment/http/web-payments.controller';
import { WebPayments } from './payment/web-payments';
import { RemoteControl } from './remote-control/remote-control';
import { DefaultTariffs } from './running-cost/station-tariffs';
import { drawId, openService, type Service } from './wiring';
import { TransactionWorker } from './worker';
import type { Logger, Metrics } from '@voltbus/telemetry';

async function open(
  settings: Settings,
  bus: Bus,
  logger: Logger,
  metrics: Metrics,
  health: Health,
  lifecycle: Lifecycle,
): Promise<Service> {
  const { AUTHORIZATION_URL: url, AUTHORIZATION_SECRET: secret = '', AUTHORIZATION_FALLBACK: fallback } = settings;
  const service = await openService({
    url: settings.DATABASE_URL,
    poolSize: settings.DATABASE_POOL,
    silentSeconds: settings.SILENT_SECONDS,
    costSeconds: settings.COST_SECONDS,
    authorization: { url, secret, fallback },
    contracts: { roots: settings.CONTRACT_ROOTS, ocspHosts: settings.OCSP_HOSTS ?? [], ocspUnavailable: settings.OCSP_UNAVAILABLE },
    retention: retentionDays(settings),
    payments: { receiptUrl: settings.RECEIPT_URL, vatUrl: settings.VAT_URL },
    bus,
    logger,
    metrics,
  });
  health.addCheck('transaction database', databaseCheck(service.database));
  lifecycle.add('resources', { name: 'transaction database', stop: () => service.database.destroy() });
  return service;
}

/** The service on its database, shared by its worker and its HTTP face where both are in one process. */
@Module({
  providers: [{ provide: TRANSACTION_SERVICE, useFactory: open, inject: [SETTINGS, BUS, LOGGER, METRICS, HEALTH, LIFECYCLE] }],
  exports: [TRANSACTION_SERVICE],
})
class TransactionCoreModule {}

/** Lane, neighbours, outbox, sweeps. */
@Module({ imports: [TransactionCoreModule] })
export class TransactionWorkerModule {
  constructor(
    @Inject(TRANSACTION_SERVICE) service: Service,
    @Inject(BUS) bus: Bus,
    @Inject(LOGGER) logger: Logger,
    @Inject(METRICS) metrics: Metrics,
    @Inject(HEALTH) health: Health,
    @Inject(LIFECYCLE) lifecycle: Lifecycle,
  ) {
    const worker = new TransactionWorker({ service, bus, logger, metrics });
    health.addCheck('transaction', () => worker.trouble());
    lifecycle.add('work', { name: 'transaction', start: () => worker.start(), stop: () => worker.stop() });
  }
}

/** Tokens, transactions, remote start and stop. Needs the router's command commands in the same process. */
@Module({
  imports: [TransactionCoreModule],
  controllers: [
    TokensController,
    TransactionsController,
    OperatorActionsController,
    RemoteControlController,
    RemoteStartsController,
    RemoteStopsController,
    SettlementsController,
    CacheClearingController,
    DefaultTariffController,
    LocalListsController,
    QrCodesController,
    WebPaymentsController,
  ],
  providers: [
    {
      provide: CACHE_CLEARING,
      inject: [TRANSACTION_SERVICE, COMMAND_SENDER],
      useFactory: ({ views }: Service, commands: CommandSender) => new CacheClearing({ commands, views, now: () => new Date() }),
    },
    {
      provide: DEFAULT_TARIFFS,
      inject: [TRANSACTION_SERVICE, COMMAND_SENDER, CONNECTIONS],
      useFactory: ({ prices }: Service, commands: CommandSender, connections: Connections) =>
        new DefaultTariffs({ commands, connections, prices, now: () => new Date() }),
    },
    {
      provide: REMOTE_CONTROL,
      inject: [TRANSACTION_SERVICE, COMMAND_SENDER, CONNECTIONS],
      useFactory: ({ tokenStore: tokens, starts, stops, views }: Service, commands: CommandSender, connections: Connections) =>
        new RemoteControl({ commands, connections, tokens, starts, stops, views, drawId, now: () => new Date() }),
    },
    {
      provide: WEB_PAYMENTS,
      inject: [TRANSACTION_SERVICE, COMMAND_SENDER, CONNECTIONS, SETTINGS],
      useFactory: ({ qrCodes, telemetry }: Service, commands: CommandSender, connections: Connections, { KEY_PEPPER: pepper }: Settings) =>
        new WebPayments({ qrCodes, commands, connections, telemetry, pepper, now: () => new Date() }),
    },
  ],
})
export class TransactionHttpModule {}

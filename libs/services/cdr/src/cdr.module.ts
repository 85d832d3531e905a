import { Global, Inject, Module } from '@nestjs/common';
import type { Bus } from '@voltbus/bus';
import { databaseCheck } from '@voltbus/database';
import { BUS, HEALTH, LIFECYCLE, LOGGER, METRICS, SETTINGS, retentionDays } from '@voltbus/runtime';
import { TARIFF_DIRECTORY, type TariffDirectory } from '@voltbus/http';
import type { Health, Lifecycle, Settings } from '@voltbus/runtime';
import { CdrsController } from './http/cdrs.controller';
import { CDR_SERVICE } from './http/injection';
import { TariffAssignmentsController } from './http/tariff-assignments.controller';
import { TariffsController } from './http/tariffs.controller';
import { ReviewsController } from './review/reviews.controller';
import { openService, type Service } from './wiring';
import { CdrWorker } from './worker';
import type { Logger, Metrics } from '@voltbus/telemetry';

async function open(
  settings: Settings,
  bus: Bus,
  logger: Logger,
  metrics: Metrics,
  health: Health,
  lifecycle: Lifecycle,
): Promise<Service> {
  const { DATABASE_URL: url, DATABASE_POOL: poolSize } = settings;
  const service = await openService({ url, poolSize, retention: retentionDays(settings), bus, logger, metrics });
  health.addCheck('cdr database', databaseCheck(service.database));
  lifecycle.add('resources', { name: 'cdr database', stop: () => service.database.destroy() });
  return service;
}

/** The service on its database, shared by its worker and its HTTP face where both are in one process. */
@Module({
  providers: [{ provide: CDR_SERVICE, useFactory: open, inject: [SETTINGS, BUS, LOGGER, METRICS, HEALTH, LIFECYCLE] }],
  exports: [CDR_SERVICE],
})
class CdrCoreModule {}

/** Settles what has ended, relays the outbox. */
@Module({ imports: [CdrCoreModule] })
export class CdrWorkerModule {
  constructor(
    @Inject(CDR_SERVICE) service: Service,
    @Inject(BUS) bus: Bus,
    @Inject(HEALTH) health: Health,
    @Inject(LIFECYCLE) lifecycle: Lifecycle,
  ) {
    const worker = new CdrWorker({ service, bus });
    health.addCheck('cdr', () => worker.trouble());
    lifecycle.add('work', { name: 'cdr', start: () => worker.start(), stop: () => worker.stop() });
  }
}

/** Tariffs and CDRs, and what operators decide about them; and the tariff directory, for every other HTTP face of the process. */
@Global()
@Module({
  imports: [CdrCoreModule],
  controllers: [CdrsController, ReviewsController, TariffsController, TariffAssignmentsController],
  providers: [{ provide: TARIFF_DIRECTORY, inject: [CDR_SERVICE], useFactory: ({ tariffs }: Service): TariffDirectory => tariffs }],
  exports: [TARIFF_DIRECTORY],
})
export class CdrHttpModule {}

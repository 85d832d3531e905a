import { Global, Inject, Module } from '@nestjs/common';
import type { Bus, Subscription } from '@voltbus/bus';
import type { Connections } from '@voltbus/connections';
import { COMMAND_RESULTS } from '@voltbus/contracts';
import { databaseCheck } from '@voltbus/database';
import { BUS, CONNECTIONS, HEALTH, LIFECYCLE, LOGGER, METRICS, SETTINGS, retentionDays } from '@voltbus/runtime';
import type { Health, Lifecycle, Settings } from '@voltbus/runtime';
import { COMMAND_SENDER } from '@voltbus/service';
import type { Logger, Metrics } from '@voltbus/telemetry';
import { CommandsController } from './commands/http/commands.controller';
import { DeadLettersController } from './dead-letters/dead-letters.controller';
import { ROUTER_SERVICE } from './http/injection';
import { openService, type Service } from './wiring';
import { RouterWorker } from './worker';

/** The share of the HTTP API's stop time after which waiting requests are answered, so that they have their answer before connections are cut. */
const WAITING_SHARE = 0.8;

async function open(
  settings: Settings,
  bus: Bus,
  connections: Connections,
  logger: Logger,
  metrics: Metrics,
  health: Health,
  lifecycle: Lifecycle,
): Promise<Service> {
  const { DATABASE_URL: url, DATABASE_POOL: poolSize, CALL_TIMEOUT_SECONDS: callTimeoutSeconds, KEY_PEPPER: pepper } = settings;
  const retention = retentionDays(settings);
  const service = await openService({ url, poolSize, callTimeoutSeconds, pepper, retention, bus, connections, logger, metrics });
  health.addCheck('router database', databaseCheck(service.database));
  lifecycle.add('resources', { name: 'router database', stop: () => service.database.destroy() });
  return service;
}

/** The service on its database, shared by its worker and its controllers where both are in one process. */
@Module({
  providers: [{ provide: ROUTER_SERVICE, useFactory: open, inject: [SETTINGS, BUS, CONNECTIONS, LOGGER, METRICS, HEALTH, LIFECYCLE] }],
  exports: [ROUTER_SERVICE],
})
class RouterCoreModule {}

/** Dispatch, results, lane, dead letters, outbox. */
@Module({ imports: [RouterCoreModule] })
export class RouterWorkerModule {
  constructor(
    @Inject(ROUTER_SERVICE) service: Service,
    @Inject(BUS) bus: Bus,
    @Inject(LOGGER) logger: Logger,
    @Inject(METRICS) metrics: Metrics,
    @Inject(HEALTH) health: Health,
    @Inject(LIFECYCLE) lifecycle: Lifecycle,
  ) {
    const worker = new RouterWorker({ service, bus, logger, metrics });
    health.addCheck('router', () => worker.trouble());
    lifecycle.add('work', { name: 'router', start: () => worker.start(), stop: () => worker.stop() });
  }
}

/** Commands and dead letters; and the command sender, for every other controller of the process. */
@Global()
@Module({
  imports: [RouterCoreModule],
  controllers: [CommandsController, DeadLettersController],
  providers: [{ provide: COMMAND_SENDER, inject: [ROUTER_SERVICE], useFactory: ({ commandSender }: Service) => commandSender }],
  exports: [COMMAND_SENDER],
})
export class RouterHttpModule {
  constructor(@Inject(ROUTER_SERVICE) { waiters }: Service, @Inject(BUS) bus: Bus, @Inject(LIFECYCLE) lifecycle: Lifecycle) {
    let results: Subscription | null = null;
    lifecycle.add('doors', { name: 'waiting commands', stop: (withinMs) => waiters.leaveWithin(withinMs * WAITING_SHARE) });
    lifecycle.add('work', {
      name: 'command waiters',
      start: async () => {
        results = await bus.follow({ name: 'command-waiters', topic: COMMAND_RESULTS, handle: (record) => waiters.onCommandEnded(record) });
      },
      stop: async () => {
        waiters.close();
        await results?.close();
      },
    });
  }
}

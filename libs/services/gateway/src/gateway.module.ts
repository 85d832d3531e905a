import { Inject, Module } from '@nestjs/common';
import type { Bus } from '@voltbus/bus';
import type { Connections } from '@voltbus/connections';
import { BUS, CONNECTIONS, LIFECYCLE, LOGGER, METRICS, RUN_FACTS, SETTINGS, urlOf } from '@voltbus/runtime';
import type { Lifecycle, RunFacts, Settings } from '@voltbus/runtime';
import type { Logger, Metrics } from '@voltbus/telemetry';
import { Gateway } from './gateway';

/** Runs one gateway in a process. Once started it stays ready though Redis, Kafka or Postgres is away, because a load balancer that removed it would cut every socket. */
@Module({})
export class GatewayModule {
  constructor(
    @Inject(SETTINGS) settings: Settings,
    @Inject(BUS) bus: Bus,
    @Inject(CONNECTIONS) connections: Connections,
    @Inject(LOGGER) logger: Logger,
    @Inject(METRICS) metrics: Metrics,
    @Inject(LIFECYCLE) lifecycle: Lifecycle,
    @Inject(RUN_FACTS) facts: RunFacts,
  ) {
    const gateway = new Gateway({ settings, bus, connections, logger, metrics });
    lifecycle.add('listeners', {
      name: 'gateway',
      start: async () => {
        const { plain, tls } = await gateway.start();
        if (plain !== null) facts.set('ocppUrl', urlOf('ws', settings.HOST, plain, '/ocpp'));
        if (tls !== null) facts.set('ocppTlsUrl', urlOf('wss', settings.HOST, tls, '/ocpp'));
      },
      stop: (withinMs) => gateway.stop(withinMs),
    });
  }
}

import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { Bus } from '@voltbus/bus';
import type { Connections } from '@voltbus/connections';
import type { Health } from '../health/health';
import type { Lifecycle } from '../lifecycle/lifecycle';
import type { Metrics, Logger } from '@voltbus/telemetry';
import type { RunFacts } from '../run/run-facts';
import type { Settings } from '../settings/settings';
import { BUS, CONNECTIONS, HEALTH, LIFECYCLE, LOGGER, METRICS, RUN_FACTS, SETTINGS } from './tokens';

export interface Infrastructure {
  settings: Settings;
  bus: Bus;
  connections: Connections;
  logger: Logger;
  metrics: Metrics;
  health: Health;
  lifecycle: Lifecycle;
  facts: RunFacts;
}

/** What every module may inject, whatever the process. */
@Global()
@Module({})
export class InfrastructureModule {
  static of(parts: Infrastructure): DynamicModule {
    const values: readonly [symbol, unknown][] = [
      [SETTINGS, parts.settings],
      [BUS, parts.bus],
      [CONNECTIONS, parts.connections],
      [LOGGER, parts.logger],
      [METRICS, parts.metrics],
      [HEALTH, parts.health],
      [LIFECYCLE, parts.lifecycle],
      [RUN_FACTS, parts.facts],
    ];
    const providers = values.map(([provide, useValue]) => ({ provide, useValue }));
    return { module: InfrastructureModule, providers, exports: providers };
  }
}

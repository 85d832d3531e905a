import { Global, Inject, Module, type Provider, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Bus } from '@voltbus/bus';
import type { Connections } from '@voltbus/connections';
import { databaseCheck } from '@voltbus/database';
import {
  BUS,
  CONNECTIONS,
  HEALTH,
  LIFECYCLE,
  LOGGER,
  METRICS,
  SETTINGS,
  type Health,
  type Lifecycle,
  type Settings,
} from '@voltbus/runtime';
import type { Logger, Metrics } from '@voltbus/telemetry';
import type { Block } from './block';
import { COMMAND_SENDER, type CommandSender } from './command-sender';
import { Service } from './service';
import type { ServiceDefinition } from './service-definition';

/** How a process mounts a service: its work, its HTTP API, or both on the same database connections. */
export interface ServiceModules {
  /** Lane, subscriptions, jobs and outbox relay. */
  worker: Type;
  /** The controllers of all blocks, and what blocks provide to those of other services. */
  http: Type;
  /** Token of the opened `Service`. */
  token: symbol;
}

/** The Nest modules of a service. */
export function serviceModules(definition: ServiceDefinition): ServiceModules {
  const token = Symbol(`service ${definition.name}`);
  const core = coreModule(definition, token);
  return { worker: workerModule(definition, token, core), http: httpModule(definition, token, core), token };
}

function coreModule(definition: ServiceDefinition, token: symbol): Type {
  const { name } = definition;
  const open = async (...given: unknown[]): Promise<Service> => {
    // in the order of `inject`
    const [settings, bus, connections, logger, metrics, health, lifecycle, modules] = given as [
      Settings,
      Bus,
      Connections,
      Logger,
      Metrics,
      Health,
      Lifecycle,
      ModuleRef,
    ];
    const service = await Service.open(definition, { settings, bus, connections, logger, metrics, commands: commandsOf(modules) });
    health.addCheck(`${name} database`, databaseCheck(service.database));
    lifecycle.add('resources', { name: `${name} database`, stop: () => service.database.destroy() });
    return service;
  };
  const inject = [SETTINGS, BUS, CONNECTIONS, LOGGER, METRICS, HEALTH, LIFECYCLE, ModuleRef];
  @Module({ providers: [{ provide: token, useFactory: open, inject }], exports: [token] })
  class ServiceCoreModule {}
  return ServiceCoreModule;
}

/** Looked for when a command is sent: the router's module may be built later. */
function commandsOf(modules: ModuleRef): CommandSender {
  return {
    sendCommand: (command) => modules.get<CommandSender>(COMMAND_SENDER, { strict: false }).sendCommand(command),
  };
}

function workerModule({ name }: ServiceDefinition, token: symbol, core: Type): Type {
  @Module({ imports: [core] })
  class ServiceWorkerModule {
    constructor(@Inject(token) service: Service, @Inject(HEALTH) health: Health, @Inject(LIFECYCLE) lifecycle: Lifecycle) {
      health.addCheck(name, () => service.trouble());
      lifecycle.add('work', { name, start: () => service.start(), stop: () => service.stop() });
    }
  }
  return ServiceWorkerModule;
}

function httpModule({ blocks }: ServiceDefinition, token: symbol, core: Type): Type {
  const providers = blocks.flatMap((block) => providersOf(block, token));
  @Global()
  @Module({
    imports: [core],
    controllers: blocks.flatMap(({ controllers = [] }) => controllers),
    providers,
    exports: providers,
  })
  class ServiceHttpModule {
    constructor(@Inject(token) service: Service, @Inject(LIFECYCLE) lifecycle: Lifecycle) {
      for (const block of blocks) for (const { phase, ...part } of block.httpParts?.(service.use(block)) ?? []) lifecycle.add(phase, part);
    }
  }
  return ServiceHttpModule;
}

function providersOf(block: Block, token: symbol): Provider[] {
  const provided = block.provides?.((provide, from) => ({ token: provide, from })) ?? [];
  return provided.map((one) => ({
    provide: one.token,
    inject: [token],
    useFactory: (service: Service) => one.from(service.use(block)),
  }));
}

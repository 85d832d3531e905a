import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { BUS, CONNECTIONS, HEALTH, LIFECYCLE, LOGGER, METRICS, RUN_FACTS, SETTINGS } from '@voltbus/runtime';
import { describeApi } from './openapi';

/** The API description of a module that is looked at and not run: nothing is connected to, no provider is made. */
export async function describeModule(module: Type): Promise<ReturnType<typeof describeApi>> {
  const root: DynamicModule = { module: Looked, imports: [Surroundings, module] };
  const app = await NestFactory.create<NestFastifyApplication>(root, new FastifyAdapter(), {
    logger: false,
    preview: true,
    abortOnError: false,
  });
  return describeApi(app);
}

class Looked {}

const providers = [BUS, CONNECTIONS, HEALTH, LIFECYCLE, LOGGER, METRICS, RUN_FACTS, SETTINGS].map((provide) => ({ provide, useValue: {} }));

/** What a process would give: in a preview nobody uses it. */
@Module({ providers, exports: providers })
class SurroundingsModule {}

const Surroundings: DynamicModule = { module: SurroundingsModule, global: true };

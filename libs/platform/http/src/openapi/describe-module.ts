import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { BUS, CONNECTIONS, HEALTH, LIFECYCLE, LOGGER, METRICS, RUN_FACTS, SETTINGS } from '@voltbus/runtime';
import { describeApi } from './describe-api';

/** The API's description of a module that is not run: nothing is connected to and no provider is made. */
export async function describeModule(module: Type): Promise<ReturnType<typeof describeApi>> {
  const root: DynamicModule = { module: PreviewRoot, imports: [GlobalProcessModule, module] };
  const app = await NestFactory.create<NestFastifyApplication>(root, new FastifyAdapter(), {
    logger: false,
    preview: true,
    abortOnError: false,
  });
  return describeApi(app);
}

class PreviewRoot {}

const providers = [BUS, CONNECTIONS, HEALTH, LIFECYCLE, LOGGER, METRICS, RUN_FACTS, SETTINGS].map((provide) => ({ provide, useValue: {} }));

/** Stands for the providers of a process; a preview uses none of them. */
@Module({ providers, exports: providers })
class ProcessModule {}

const GlobalProcessModule: DynamicModule = { module: ProcessModule, global: true };

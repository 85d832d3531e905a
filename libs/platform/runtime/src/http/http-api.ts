import type { DynamicModule } from '@nestjs/common';
import type { NestApplicationOptions } from '@nestjs/common/interfaces/nest-application-options.interface';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Settings } from '../settings/settings';
import type { Logger, Metrics } from '@voltbus/telemetry';

/** Builds the HTTP API of a process. `@voltbus/http` implements it. */
export interface HttpApi {
  create(
    root: DynamicModule,
    options: NestApplicationOptions,
    parts: { settings: Settings; logger: Logger; metrics?: Metrics },
  ): Promise<NestFastifyApplication>;
}

import type { DynamicModule } from '@nestjs/common';
import type { NestApplicationOptions } from '@nestjs/common/interfaces/nest-application-options.interface';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Settings } from './settings/settings';
import type { Logger } from '@voltbus/telemetry';

/** How a process with an HTTP API builds it; `@voltbus/http` has one. */
export interface HttpFace {
  create(root: DynamicModule, options: NestApplicationOptions, settings: Settings, logger: Logger): Promise<NestFastifyApplication>;
}

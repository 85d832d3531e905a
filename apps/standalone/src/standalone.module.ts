import { Module } from '@nestjs/common';
import { CdrHttpModule, CdrWorkerModule } from '@voltbus/service-cdr';
import { DeviceConfigHttpModule, DeviceConfigWorkerModule } from '@voltbus/service-device-config';
import { GatewayModule } from '@voltbus/service-gateway';
import { LiveModule } from '@voltbus/service-live';
import { RouterHttpModule, RouterWorkerModule } from '@voltbus/service-router';
import { TransactionHttpModule, TransactionWorkerModule } from '@voltbus/service-transaction';
import { WebhooksHttpModule, WebhooksWorkerModule } from '@voltbus/service-webhooks';
import { OneStandaloneModule } from './one-standalone.module';

const workers = [RouterWorkerModule, TransactionWorkerModule, CdrWorkerModule, DeviceConfigWorkerModule, WebhooksWorkerModule];
const apis = [
  RouterHttpModule,
  TransactionHttpModule,
  CdrHttpModule,
  DeviceConfigHttpModule,
  WebhooksHttpModule,
  LiveModule.with(DeviceConfigHttpModule),
];

/** Every service, its HTTP controllers and the gateway in one process. */
@Module({ imports: [OneStandaloneModule, ...workers, ...apis, GatewayModule] })
export class StandaloneModule {}

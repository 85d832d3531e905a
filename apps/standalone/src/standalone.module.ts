import { Module } from '@nestjs/common';
import { EventsModule } from '@voltbus/http';
import { CdrHttpModule, CdrWorkerModule } from '@voltbus/service-cdr';
import { DeviceConfigHttpModule, DeviceConfigWorkerModule } from '@voltbus/service-device-config';
import { GatewayModule } from '@voltbus/service-gateway';
import { RouterHttpModule, RouterWorkerModule } from '@voltbus/service-router';
import { TransactionHttpModule, TransactionWorkerModule } from '@voltbus/service-transaction';
import { OneStandaloneModule } from './one-standalone.module';

const workers = [RouterWorkerModule, TransactionWorkerModule, CdrWorkerModule, DeviceConfigWorkerModule];
const faces = [RouterHttpModule, TransactionHttpModule, CdrHttpModule, DeviceConfigHttpModule, EventsModule.with(DeviceConfigHttpModule)];

/** Every service, its HTTP controllers and the gateway in one process. */
@Module({ imports: [OneStandaloneModule, ...workers, ...faces, GatewayModule] })
export class StandaloneModule {}

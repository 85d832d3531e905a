import { Module } from '@nestjs/common';
import { CdrHttpModule } from '@voltbus/service-cdr';
import { DeviceConfigHttpModule } from '@voltbus/service-device-config';
import { RouterHttpModule } from '@voltbus/service-router';
import { TransactionHttpModule } from '@voltbus/service-transaction';

/** The HTTP face of every service. */
@Module({ imports: [RouterHttpModule, TransactionHttpModule, CdrHttpModule, DeviceConfigHttpModule] })
export class ApiModule {}

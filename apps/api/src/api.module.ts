import { Module } from '@nestjs/common';
import { EventsModule } from '@voltbus/http';
import { CdrHttpModule } from '@voltbus/service-cdr';
import { DeviceConfigHttpModule } from '@voltbus/service-device-config';
import { RouterHttpModule } from '@voltbus/service-router';
import { TransactionHttpModule } from '@voltbus/service-transaction';

/** The HTTP face of every service, and the stream of what happens in them. */
@Module({
  imports: [RouterHttpModule, TransactionHttpModule, CdrHttpModule, DeviceConfigHttpModule, EventsModule.with(DeviceConfigHttpModule)],
})
export class ApiModule {}

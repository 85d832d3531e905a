import { Module } from '@nestjs/common';
import { CdrHttpModule } from '@voltbus/service-cdr';
import { DeviceConfigHttpModule } from '@voltbus/service-device-config';
import { LiveModule } from '@voltbus/service-live';
import { RouterHttpModule } from '@voltbus/service-router';
import { TransactionHttpModule } from '@voltbus/service-transaction';
import { WebhooksHttpModule } from '@voltbus/service-webhooks';

/** The HTTP API of every service, and the event stream. */
@Module({
  imports: [
    RouterHttpModule,
    TransactionHttpModule,
    CdrHttpModule,
    DeviceConfigHttpModule,
    WebhooksHttpModule,
    LiveModule.with(DeviceConfigHttpModule),
  ],
})
export class ApiModule {}

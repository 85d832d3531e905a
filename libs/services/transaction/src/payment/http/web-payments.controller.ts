import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { invalidAt } from '@voltbus/contracts';
import { ApiZodBody, ApiZodResponse, Needs, OF_TENANT, Tenant, zodBody } from '@voltbus/http';
import type { z } from 'zod';
import { WebPayments } from '../web-payments';
import { limitIn, scannedSchema, webPaymentSchema } from './web-payment';

/** The requester in the commands. */
const REQUESTED_BY = 'api';

/** For the page that a QR code leads to (C25). */
@Controller('v1/web-payments')
export class WebPaymentsController {
  constructor(private readonly webPayments: WebPayments) {}

  @Post()
  @Needs('transactions:control', OF_TENANT)
  @ApiOperation({ summary: 'Ask what a driver has scanned, before you take any money: where it was, and whether it was now' })
  @HttpCode(200)
  @ApiZodBody(webPaymentSchema)
  @ApiZodResponse(200, scannedSchema)
  async scan(
    @Tenant() tenant: string,
    @Body(zodBody(webPaymentSchema)) { url, holdSeconds }: z.output<typeof webPaymentSchema>,
  ): Promise<z.output<typeof scannedSchema>> {
    const limit = limitIn(url);
    const { station, evse, dynamic } = await this.webPayments.scan(tenant, url);
    const command = holdSeconds === undefined ? null : await this.hold({ tenant, station, evse }, holdSeconds);
    return { station, evse, dynamic, limit, command };
  }

  private async hold(
    { tenant, station, evse }: { tenant: string; station: string; evse: number | null },
    seconds: number,
  ): Promise<string> {
    if (evse === null) throw invalidAt('/holdSeconds', 'the address names no EVSE to keep');
    return (await this.webPayments.hold({ tenant, station }, { evse, seconds }, REQUESTED_BY)).id;
  }
}

import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError, invalidAt } from '@voltbus/contracts';
import { ApiZodBody, ApiZodResponse, Audited, Needs, Tenant, zodBody, zodParam } from '@voltbus/http';
import { z } from 'zod';
import { templateFault } from '../domain/qr-address';
import { WebPayments } from '../web-payments';
import { TypeormQrCodes } from '../store/typeorm-qr-codes';
import { putQrCodeSchema, qrCodeSchema, qrCodeView, qrEvseSchema, type QrCodeView } from './qr-code';
import { stationSchema } from '../../stations/station-schema';

/** The QR codes that drivers scan at a station to pay on the web (C25). */
@Controller('v1/stations/:station/qr-codes')
export class QrCodesController {
  constructor(
    private readonly qrCodes: TypeormQrCodes,
    private readonly webPayments: WebPayments,
  ) {}

  @Get()
  @ApiOperation({ summary: 'What is known of the QR codes of a station' })
  @ApiZodResponse(
    200,
    z.object({ items: z.array(qrCodeSchema).describe('By EVSE') }).meta({ id: 'QrCodeList', description: 'All QR codes of a station' }),
  )
  async list(
    @Tenant() tenant: string,
    @Param('station', zodParam('station', stationSchema)) station: string,
  ): Promise<{ items: QrCodeView[] }> {
    return { items: (await this.qrCodes.of(tenant, [station])).map(qrCodeView) };
  }

  @Get(':evse')
  @ApiOperation({ summary: 'What is known of the QR code of an EVSE, or of all (0)' })
  @ApiZodResponse(200, qrCodeSchema)
  async one(
    @Tenant() tenant: string,
    @Param('station', zodParam('station', stationSchema)) station: string,
    @Param('evse', zodParam('evse', qrEvseSchema)) evse: number,
  ): Promise<QrCodeView> {
    const found = (await this.qrCodes.of(tenant, [station])).find((one) => one.evse === evse);
    if (found === undefined) throw new CsmsError('not-found', 'no QR code is known there');
    return qrCodeView(found);
  }

  @Put(':evse')
  @Audited<QrCodesController>({
    view: (controller, { tenant, params }) => controller.one(tenant, params['station'] ?? '', Number(params['evse'])),
  })
  @Needs('operate')
  @ApiOperation({ summary: 'Set the QR code that a station shows at an EVSE, or at all (0): its addresses are accepted from then on' })
  @ApiZodBody(putQrCodeSchema)
  @ApiZodResponse(200, qrCodeSchema)
  async put(
    @Tenant() tenant: string,
    @Param('station', zodParam('station', stationSchema)) station: string,
    @Param('evse', zodParam('evse', qrEvseSchema)) evse: number,
    @Body(zodBody(putQrCodeSchema)) { urlTemplate, totp }: z.output<typeof putQrCodeSchema>,
  ): Promise<QrCodeView> {
    const message = templateFault(urlTemplate, { evse, dynamic: totp !== null });
    if (message !== null) throw invalidAt('/urlTemplate', message);
    await this.webPayments.put({ tenant, station }, { evse, urlTemplate, totp });
    return this.one(tenant, station, evse);
  }

  @Delete(':evse')
  @Audited<QrCodesController>({
    view: (controller, { tenant, params }) => controller.one(tenant, params['station'] ?? '', Number(params['evse'])),
  })
  @Needs('operate')
  @HttpCode(204)
  @ApiOperation({ summary: 'Forget the QR code: its addresses are believed no longer' })
  async remove(
    @Tenant() tenant: string,
    @Param('station', zodParam('station', stationSchema)) station: string,
    @Param('evse', zodParam('evse', qrEvseSchema)) evse: number,
  ): Promise<void> {
    if (!(await this.qrCodes.remove({ tenant, station }, evse))) throw new CsmsError('not-found', 'no QR code is known there');
  }
}

import { Controller, Delete, Get, HttpCode, Inject, Param, Patch, Put } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError, type StationRef } from '@voltbus/contracts';
import {
  ApiDelete,
  ApiGet,
  ApiPatch,
  ApiPut,
  ApiZodResponse,
  Audited,
  ChangeOf,
  EntityTag,
  KNOWN_STATIONS,
  Needs,
  OF_STATION,
  Tenant,
  whileKnown,
  zodParam,
  type Auditing,
  type KnownStations,
  type ResourceChange,
  type Tagged,
  StationParam,
} from '@voltbus/http';
import { z } from 'zod';
import { WebPayments } from '../web-payments';
import { TypeormQrCodes, type QrCode } from '../store/typeorm-qr-codes';
import { qrCodeResource, qrCodeSchema, qrCodeView, qrEvseSchema, type QrCodeView } from './qr-code';

type QrCodeChange = ResourceChange<typeof qrCodeResource.schema, QrCode>;
const AUDITED: Auditing<QrCodesController> = {
  view: (controller, { tenant, params }) => controller.show({ tenant, station: params['station'] ?? '' }, Number(params['evse'])),
};

/** The QR codes that drivers scan at a station to pay on the web (C25). */
@Controller('v1/stations/:station/qr-codes')
export class QrCodesController {
  constructor(
    private readonly qrCodes: TypeormQrCodes,
    private readonly webPayments: WebPayments,
    @Inject(KNOWN_STATIONS) private readonly stations: KnownStations,
  ) {}

  @Get()
  @Needs('qr-codes:read', OF_STATION)
  @ApiOperation({ summary: 'What is known of the QR codes of a station' })
  @ApiZodResponse(
    200,
    z.object({ items: z.array(qrCodeSchema).describe('By EVSE') }).meta({ id: 'QrCodeList', description: 'All QR codes of a station' }),
  )
  async list(@Tenant() tenant: string, @StationParam() station: string): Promise<{ items: QrCodeView[] }> {
    return { items: (await this.qrCodes.of(tenant, [station])).map(qrCodeView) };
  }

  @Get(':evse')
  @Needs('qr-codes:read', OF_STATION)
  @ApiOperation({ summary: 'What is known of the QR code of an EVSE, or of all (0)' })
  @ApiGet(qrCodeSchema)
  async one(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Param('evse', zodParam('evse', qrEvseSchema)) evse: number,
    @EntityTag(qrCodeResource) tagged: Tagged<QrCode>,
  ): Promise<QrCodeView> {
    return qrCodeView(tagged(await this.find({ tenant, station }, evse)));
  }

  @Put(':evse')
  @Needs('qr-codes:write', OF_STATION)
  @Audited(AUDITED)
  @ApiOperation({ summary: 'Set the QR code that a station shows at an EVSE, or at all (0): its addresses are accepted from then on' })
  @ApiPut(qrCodeResource, qrCodeSchema)
  async put(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Param('evse', zodParam('evse', qrEvseSchema)) evse: number,
    @ChangeOf(qrCodeResource) change: QrCodeChange,
  ): Promise<QrCodeView> {
    const ref = { tenant, station };
    const write = () => this.webPayments.change(ref, evse, (before) => change.decide(before));
    return qrCodeView(change.stored(await whileKnown(this.stations, ref, write)));
  }

  @Patch(':evse')
  @Needs('qr-codes:write', OF_STATION)
  @Audited(AUDITED)
  @ApiOperation({ summary: 'Change members of the QR code of an EVSE, or of all (0)' })
  @ApiPatch(qrCodeResource, qrCodeSchema)
  async patch(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Param('evse', zodParam('evse', qrEvseSchema)) evse: number,
    @ChangeOf(qrCodeResource) change: QrCodeChange,
  ): Promise<QrCodeView> {
    return this.put(tenant, station, evse, change);
  }

  @Delete(':evse')
  @Needs('qr-codes:write', OF_STATION)
  @Audited(AUDITED)
  @ApiDelete()
  @HttpCode(204)
  @ApiOperation({ summary: 'Forget the QR code: its addresses are believed no longer' })
  async remove(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Param('evse', zodParam('evse', qrEvseSchema)) evse: number,
    @ChangeOf(qrCodeResource) change: QrCodeChange,
  ): Promise<void> {
    await this.qrCodes.remove({ tenant, station }, evse, (before) => change.mayRemove(before));
  }

  async show(ref: StationRef, evse: number): Promise<QrCodeView> {
    return qrCodeView(await this.find(ref, evse));
  }

  /** Throws `not-found` where there is none. */
  private async find(ref: StationRef, evse: number): Promise<QrCode> {
    const found = await this.qrCodes.find(ref, evse);
    if (found === null) throw new CsmsError('not-found', 'no QR code is known there');
    return found;
  }
}

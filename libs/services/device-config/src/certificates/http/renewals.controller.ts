import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { shownAs } from '@voltbus/database';
import {
  Actor,
  ApiList,
  ApiZodBody,
  ApiZodResponse,
  Audited,
  Needs,
  OF_STATION,
  OF_STATIONS,
  Tenant,
  zodBody,
  zodQuery,
  type ListPage,
  StationParam,
} from '@voltbus/http';
import type { z } from 'zod';
import { Renewals } from '../renewals';
import { TypeormCertificates } from '../store/typeorm-certificates';
import { renewalList, renewalSchema, renewalView, startRenewalSchema } from './renewal';

type RenewalView = z.output<typeof renewalSchema>;

/** Renewals of certificates of stations. */
@Controller('v1')
export class RenewalsController {
  constructor(
    private readonly certificates: TypeormCertificates,
    private readonly renewals: Renewals,
  ) {}

  @Get('certificate-renewals')
  @Needs('certificates:read', OF_STATIONS)
  @ApiList(renewalList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(renewalList.query)) query: z.output<typeof renewalList.query>,
  ): Promise<ListPage<RenewalView>> {
    return renewalList.page(
      query,
      shownAs(this.certificates.listRenewals(tenant), (rows) => rows.map(renewalView)),
    );
  }

  /** The station makes a new key, asks for a certificate and takes it; `GET /v1/certificate-requests` shows that. A renewal that is under way goes on. */
  @Post('stations/:station/certificate-renewal')
  @HttpCode(202)
  @Audited({})
  @Needs('certificates:write', OF_STATION)
  @ApiOperation({ operationId: 'renewStationCertificate', summary: 'Have a station renew a certificate' })
  @ApiZodBody(startRenewalSchema)
  @ApiZodResponse(202, renewalSchema, 'Begun: the station is asked within half a minute, or when it can be reached')
  async start(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Actor() actor: string,
    @Body(zodBody(startRenewalSchema)) { kind }: z.output<typeof startRenewalSchema>,
  ): Promise<RenewalView> {
    return renewalView(await this.renewals.start({ tenant, station }, kind, actor));
  }
}

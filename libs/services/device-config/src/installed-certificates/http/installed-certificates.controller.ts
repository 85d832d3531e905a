import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError } from '@voltbus/contracts';
import { shownAs } from '@voltbus/database';
import {
  ApiList,
  ApiZodBody,
  ApiZodQuery,
  ApiZodResponse,
  Audited,
  Needs,
  OF_STATION,
  StationParam,
  Tenant,
  isUuid,
  zodBody,
  zodQuery,
  type ListPage,
} from '@voltbus/http';
import type { z } from 'zod';
import { CertificateReports } from '../certificate-reports';
import { InstalledCertificates } from '../installed-certificates';
import { TypeormInstalledCertificates } from '../store/typeorm-installed-certificates';
import {
  certificateReportSchema,
  certificateReportView,
  installSchema,
  installedCertificateList,
  installedCertificateSchema,
  installedCertificateView,
  removalQuery,
  type ShownCertificate,
} from './installed-certificate';

type ReportView = z.output<typeof certificateReportSchema>;

/** CA certificates of stations. */
@Controller('v1/stations/:station')
export class InstalledCertificatesController {
  constructor(
    private readonly certificates: InstalledCertificates,
    private readonly reports: CertificateReports,
    private readonly store: TypeormInstalledCertificates,
  ) {}

  @Get('installed-certificates')
  @Needs('certificates:read', OF_STATION)
  @ApiList(installedCertificateList)
  list(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Query(zodQuery(installedCertificateList.query)) query: z.output<typeof installedCertificateList.query>,
  ): Promise<ListPage<ShownCertificate>> {
    const shown = shownAs(this.store.list({ tenant, station }), (rows) => rows.map((row) => installedCertificateView(station, row)));
    return installedCertificateList.page(query, shown);
  }

  /** M05. */
  @Post('installed-certificates')
  @Audited({})
  @Needs('certificates:write', OF_STATION)
  @HttpCode(201)
  @ApiOperation({ operationId: 'installCertificate', summary: 'Install a CA certificate at a station' })
  @ApiZodBody(installSchema)
  @ApiZodResponse(201, installedCertificateSchema, 'The station was asked; it may not have answered yet')
  async install(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Body(zodBody(installSchema)) wish: z.output<typeof installSchema>,
  ): Promise<ShownCertificate> {
    return installedCertificateView(station, await this.certificates.install({ tenant, station }, wish));
  }

  @Get('installed-certificates/:id')
  @Needs('certificates:read', OF_STATION)
  @ApiOperation({ operationId: 'getInstalledCertificate', summary: 'A CA certificate of a station' })
  @ApiZodResponse(200, installedCertificateSchema)
  async one(@Tenant() tenant: string, @StationParam() station: string, @Param('id') id: string): Promise<ShownCertificate> {
    return installedCertificateView(station, await this.certificates.find({ tenant, station }, uuidIn(id)));
  }

  /** M04. Refused where the station would not come back without it. */
  @Delete('installed-certificates/:id')
  @Audited({})
  @Needs('certificates:write', OF_STATION)
  @HttpCode(202)
  @ApiOperation({ operationId: 'deleteInstalledCertificate', summary: 'Ask a station to remove a CA certificate' })
  @ApiZodQuery(removalQuery)
  @ApiZodResponse(202, installedCertificateSchema, 'The station was asked; it may not have answered yet')
  async remove(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Param('id') id: string,
    @Query(zodQuery(removalQuery)) { unproven }: z.output<typeof removalQuery>,
  ): Promise<ShownCertificate> {
    const removed = await this.certificates.remove({ tenant, station }, uuidIn(id), { unproven: unproven === 'true' });
    return installedCertificateView(station, removed);
  }

  @Get('certificate-report')
  @Needs('certificates:read', OF_STATION)
  @ApiOperation({ operationId: 'getCertificateReport', summary: 'How the last list of certificates of a station stands' })
  @ApiZodResponse(200, certificateReportSchema)
  async report(@Tenant() tenant: string, @StationParam() station: string): Promise<ReportView> {
    return certificateReportView(station, await this.reports.find({ tenant, station }));
  }

  /** M03. */
  @Post('certificate-report')
  @Audited({})
  @Needs('certificates:write', OF_STATION)
  @HttpCode(202)
  @ApiOperation({ operationId: 'requestCertificateReport', summary: 'Ask a station for all certificates that it has installed' })
  @ApiZodResponse(202, certificateReportSchema, 'Asked for; `GET` tells how it stands')
  async request(@Tenant() tenant: string, @StationParam() station: string): Promise<ReportView> {
    return certificateReportView(station, await this.reports.request({ tenant, station }));
  }
}

function uuidIn(id: string): string {
  if (!isUuid(id)) throw new CsmsError('not-found', 'no such certificate of the station');
  return id;
}

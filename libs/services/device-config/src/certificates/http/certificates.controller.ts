import { Body, Controller, Get, HttpCode, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError } from '@voltbus/contracts';
import { shownAs } from '@voltbus/database';
import {
  Actor,
  ApiList,
  ApiZodBody,
  ApiZodContent,
  ApiZodResponse,
  Audited,
  Needs,
  OF_STATIONS,
  OF_TENANT,
  Tenant,
  isUuid,
  ofItem,
  zodBody,
  zodQuery,
  type Auditing,
  type ListPage,
} from '@voltbus/http';
import { z } from 'zod';
import { Revocations } from '../revocations';
import { TypeormCertificates } from '../store/typeorm-certificates';
import { TypeormRevocations } from '../store/typeorm-revocations';
import {
  certificateList,
  certificateSchema,
  certificateView,
  requestList,
  requestSchema,
  requestView,
  revocationSchema,
} from './certificate';

const PEM_FILE = 'application/x-pem-file';

type CertificateView = z.output<typeof certificateSchema>;
type RequestView = z.output<typeof requestSchema>;
interface WithStore {
  certificates: Pick<TypeormCertificates, 'find' | 'findRequest'>;
}

const OF_CERTIFICATE = ofItem<WithStore>('certificate', ({ certificates }, tenant, id) => certificates.find(tenant, id));
const OF_REQUEST = ofItem<WithStore>('certificate request', ({ certificates }, tenant, id) => certificates.findRequest(tenant, id));
const AUDITED: Auditing<CertificatesController> = { view: (controller, { tenant, params }) => controller.one(tenant, params['id'] ?? '') };

/** Certificates of stations, and what stations asked for. */
@Controller('v1')
export class CertificatesController {
  constructor(
    private readonly certificates: TypeormCertificates,
    private readonly lists: TypeormRevocations,
    private readonly revocations: Revocations,
  ) {}

  @Get('certificates')
  @Needs('certificates:read', OF_STATIONS)
  @ApiList(certificateList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(certificateList.query)) query: z.output<typeof certificateList.query>,
  ): Promise<ListPage<CertificateView>> {
    const now = new Date();
    const source = shownAs(this.certificates.list(tenant), (rows) => rows.map((row) => certificateView(row, now)));
    return certificateList.page(query, source);
  }

  @Get('certificates/:id')
  @Needs('certificates:read', OF_CERTIFICATE)
  @ApiOperation({ operationId: 'getCertificate', summary: 'A certificate of a station' })
  @ApiZodResponse(200, certificateSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<CertificateView> {
    const found = isUuid(id) ? await this.certificates.find(tenant, id) : null;
    if (found === null) throw new CsmsError('not-found', 'no such certificate');
    return certificateView(found, new Date());
  }

  /** A connection by it is closed. Revoking it again changes nothing. */
  @Post('certificates/:id/revoke')
  @HttpCode(200)
  @Audited(AUDITED)
  @Needs('certificates:write', OF_CERTIFICATE)
  @ApiOperation({ operationId: 'revokeCertificate', summary: 'Let a certificate prove its station no more' })
  @ApiZodBody(revocationSchema)
  @ApiZodResponse(200, certificateSchema, 'Gateways refuse it from now on')
  async revoke(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Actor() actor: string,
    @Body(zodBody(revocationSchema)) { reason }: z.output<typeof revocationSchema>,
  ): Promise<CertificateView> {
    const { station } = await this.one(tenant, id);
    return certificateView(await this.revocations.revoke({ tenant, station, id: id.toLowerCase() }, { actor, reason }), new Date());
  }

  @Get('certificate-requests')
  @Needs('certificates:read', OF_STATIONS)
  @ApiList(requestList)
  requests(
    @Tenant() tenant: string,
    @Query(zodQuery(requestList.query)) query: z.output<typeof requestList.query>,
  ): Promise<ListPage<RequestView>> {
    return requestList.page(
      query,
      shownAs(this.certificates.listRequests(tenant), (rows) => rows.map(requestView)),
    );
  }

  @Get('certificate-requests/:id')
  @Needs('certificates:read', OF_REQUEST)
  @ApiOperation({ operationId: 'getCertificateRequest', summary: 'A request of a station for a certificate' })
  @ApiZodResponse(200, requestSchema)
  async request(@Tenant() tenant: string, @Param('id') id: string): Promise<RequestView> {
    const found = isUuid(id) ? await this.certificates.findRequest(tenant, id) : null;
    if (found === null) throw new CsmsError('not-found', 'no such certificate request');
    return requestView(found);
  }

  /** For proxies, and whoever else judges certificates of stations; our gateways need none. It names serial numbers of all tenants. */
  @Get('certificate-revocation-list')
  @Needs('certificates:read', OF_TENANT)
  @ApiOperation({ operationId: 'getCertificateRevocationList', summary: 'The revocation list of the local certificate authority, in PEM' })
  @ApiZodContent({ [PEM_FILE]: z.string().describe('CRLs (RFC 5280) in PEM, one for each CA that was ever set') })
  async revocationList(): Promise<StreamableFile> {
    const pem = await this.lists.all();
    if (pem === '') throw new CsmsError('not-found', 'there is no revocation list: no local certificate authority is set');
    return new StreamableFile(Buffer.from(pem), { type: PEM_FILE });
  }
}

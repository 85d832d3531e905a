import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put, Query } from '@nestjs/common';
import { CsmsError, DEFAULT_TENANT, invalidAt, unknownReference, type Tenant } from '@voltbus/contracts';
import {
  AdminOnly,
  ApiZodBody,
  ApiZodList,
  ApiZodResponse,
  Audited,
  TARIFF_DIRECTORY,
  TenantMayBeMissing,
  pageQuerySchema,
  readPage,
  replacement,
  zodBody,
  zodParam,
  zodQuery,
  type Page,
  type PageQuery,
  type TariffDirectory,
} from '@voltbus/http';
import { z } from 'zod';
import { TENANT_DEFAULTS } from '../domain/tenant-defaults';
import { Tenants } from '../tenants';
import { TENANT_GUARDED, putTenantSchema, tenantNameSchema, tenantSchema } from './tenant';

/** Operators that share this installation, and their policies. */
@AdminOnly()
@TenantMayBeMissing()
@Controller('v1/tenants')
export class TenantsController {
  constructor(
    private readonly tenants: Tenants,
    @Inject(TARIFF_DIRECTORY) private readonly tariffs: TariffDirectory,
  ) {}

  @Get()
  @ApiZodList(pageQuerySchema, tenantSchema)
  async list(@Query(zodQuery(pageQuerySchema)) query: PageQuery): Promise<Page<Tenant>> {
    return readPage(
      query,
      (slice) => this.tenants.page(slice),
      ({ tenant }) => tenant,
    );
  }

  @Get(':tenant')
  @ApiZodResponse(200, tenantSchema)
  async one(@Param('tenant') name: string): Promise<Tenant> {
    const tenant = tenantNameSchema.safeParse(name).success ? await this.tenants.find(name) : null;
    if (tenant === null) throw new CsmsError('not-found', 'no such tenant');
    return tenant;
  }

  @Put(':tenant')
  @Audited<TenantsController>({ view: (controller, { params }) => controller.one(params['tenant'] ?? '') })
  @ApiZodBody(putTenantSchema)
  @ApiZodResponse(200, tenantSchema)
  async put(
    @Param('tenant', zodParam('tenant', tenantNameSchema)) name: string,
    @Body(zodBody(putTenantSchema)) body: z.output<typeof putTenantSchema>,
  ): Promise<Tenant> {
    if (body.tenant !== undefined && body.tenant !== name) throw invalidAt('/tenant', 'the body names another tenant than the path');
    const before = await this.tenants.find(name);
    const replaced = replacement(before, body, { defaults: TENANT_DEFAULTS, guarded: TENANT_GUARDED });
    const tenant: Tenant = tenantSchema.parse({ ...replaced, tenant: name, name: body.name ?? name }); // in the order in which the API and the events have them
    await this.checkTariffs(tenant);
    if ((await this.tenants.put(tenant, new Date())) === 'name-was-deleted')
      throw new CsmsError(
        'conflict',
        'a tenant of that name was deleted: its name is never given again, since bills and readings of it may be kept',
      );
    return tenant;
  }

  @Delete(':tenant')
  @Audited<TenantsController>({ view: (controller, { params }) => controller.one(params['tenant'] ?? '') })
  @HttpCode(204)
  async remove(@Param('tenant') name: string): Promise<void> {
    if (name === DEFAULT_TENANT) throw new CsmsError('conflict', 'the default tenant stays: its name would never be free again');
    const outcome = tenantNameSchema.safeParse(name).success ? await this.tenants.remove(name, new Date()) : 'unknown';
    if (outcome === 'unknown') throw new CsmsError('not-found', 'no such tenant');
    if (outcome === 'has-stations') throw new CsmsError('conflict', 'the tenant still has stations');
  }

  /** Its tariffs are in its currency, and the one that applies by default is there. */
  private async checkTariffs({ tenant, currency, defaultTariff }: Tenant): Promise<void> {
    if (defaultTariff !== null && (await this.tariffs.find(tenant, defaultTariff)) === null)
      throw unknownReference('/defaultTariff', 'tariff');
    const foreign = await this.tariffs.inOtherCurrency(tenant, currency);
    if (foreign.length > 0)
      throw new CsmsError('conflict', `/currency: not ${currency} while there are tariffs in another: ${foreign.join(', ')}`);
  }
}

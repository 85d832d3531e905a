import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put, Query } from '@nestjs/common';
import { CsmsError, TARIFF_NAME, invalidAt, tariffSchema, type Tariff } from '@voltbus/contracts';
import {
  ApiZodBody,
  ApiZodList,
  ApiZodResponse,
  Audited,
  Needs,
  TENANT_DIRECTORY,
  Tenant,
  pageQuerySchema,
  readPage,
  replacement,
  zodBody,
  zodParam,
  zodQuery,
  type Page,
  type PageQuery,
  type TenantDirectory,
} from '@voltbus/http';
import { z } from 'zod';
import { TypeormTariffs } from '../store/typeorm-tariffs';
import { Tariffs } from '../tariffs';
import { TARIFF_DEFAULTS, TARIFF_PRICES, putTariffSchema, tariffNameSchema } from './tariff';

@Controller('v1/tariffs')
export class TariffsController {
  constructor(
    private readonly tariffs: Tariffs,
    private readonly store: TypeormTariffs,
    @Inject(TENANT_DIRECTORY) private readonly tenants: TenantDirectory,
  ) {}

  @Get()
  @ApiZodList(pageQuerySchema, tariffSchema)
  async list(@Tenant() tenant: string, @Query(zodQuery(pageQuerySchema)) query: PageQuery): Promise<Page<Tariff>> {
    return readPage(
      query,
      (slice) => this.store.page(tenant, slice),
      ({ tariff }) => tariff,
    );
  }

  @Get(':tariff')
  @ApiZodResponse(200, tariffSchema)
  async one(@Tenant() tenant: string, @Param('tariff') name: string): Promise<Tariff> {
    const tariff = await this.known(tenant, name);
    if (tariff === null) throw new CsmsError('not-found', 'no such tariff');
    return tariff;
  }

  /** Applies to sessions started after it; what started before keeps the version it started with. */
  @Put(':tariff')
  @Audited<TariffsController>({ view: (controller, { tenant, params }) => controller.one(tenant, params['tariff'] ?? '') })
  @Needs('admin')
  @ApiZodBody(putTariffSchema)
  @ApiZodResponse(200, tariffSchema)
  async put(
    @Tenant() tenant: string,
    @Param('tariff', zodParam('tariff', tariffNameSchema)) name: string,
    @Body(zodBody(putTariffSchema)) body: z.output<typeof putTariffSchema>,
  ): Promise<Tariff> {
    if (body.tariff !== undefined && body.tariff !== name) throw invalidAt('/tariff', 'the body names another tariff than the path');
    const owner = await this.tenants.find(tenant);
    if (owner === null) throw new CsmsError('not-found', 'no such tenant');
    if (body.currency !== owner.currency) throw invalidAt('/currency', `the tenant's currency is ${owner.currency}`);
    const before = await this.store.find(tenant, name);
    const tariff: Tariff = { ...replacement(before, body, { defaults: TARIFF_DEFAULTS, guarded: TARIFF_PRICES }), tariff: name };
    await this.tariffs.put(tenant, tariff);
    return tariff;
  }

  @Delete(':tariff')
  @Audited<TariffsController>({ view: (controller, { tenant, params }) => controller.one(tenant, params['tariff'] ?? '') })
  @Needs('admin')
  @HttpCode(204)
  async remove(@Tenant() tenant: string, @Param('tariff') name: string): Promise<void> {
    if ((await this.known(tenant, name)) === null) throw new CsmsError('not-found', 'no such tariff');
    const owner = await this.tenants.find(tenant);
    await this.tariffs.remove(tenant, name, owner?.defaultTariff ?? null);
  }

  private async known(tenant: string, name: string): Promise<Tariff | null> {
    return TARIFF_NAME.test(name) ? this.store.find(tenant, name) : null;
  }
}

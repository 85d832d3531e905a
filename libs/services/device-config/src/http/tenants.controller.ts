import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put, Query } from '@nestjs/common';
import { CsmsError, invalidAt, type Tenant } from '@voltbus/contracts';
import {
  AdminOnly,
  ApiZodBody,
  ApiZodQuery,
  ApiZodResponse,
  page,
  pageQuerySchema,
  zodBody,
  zodParam,
  zodQuery,
  type Page,
  type PageQuery,
} from '@voltbus/http';
import { z } from 'zod';
import type { Service } from '../wiring';
import { DEVICE_CONFIG_SERVICE } from './injection';
import { putTenantSchema, tenantNameSchema, tenantSchema } from './tenant';

/** Operators that share this installation, and their policies. */
@AdminOnly()
@Controller('v1/tenants')
export class TenantsController {
  constructor(@Inject(DEVICE_CONFIG_SERVICE) private readonly service: Service) {}

  @Get()
  @ApiZodQuery(pageQuerySchema)
  @ApiZodResponse(200, z.object({ items: z.array(tenantSchema), nextCursor: z.string().nullable() }))
  async list(@Query(zodQuery(pageQuerySchema)) { limit, cursor }: PageQuery): Promise<Page<Tenant>> {
    const tenants = await this.service.tenants.page({ limit: limit + 1, after: cursor ?? null });
    return page(tenants, limit, ({ tenant }) => tenant);
  }

  @Get(':tenant')
  @ApiZodResponse(200, tenantSchema)
  async one(@Param('tenant') name: string): Promise<Tenant> {
    const tenant = tenantNameSchema.safeParse(name).success ? await this.service.tenants.find(name) : null;
    if (tenant === null) throw new CsmsError('not-found', 'no such tenant');
    return tenant;
  }

  @Put(':tenant')
  @ApiZodBody(putTenantSchema)
  @ApiZodResponse(200, tenantSchema)
  async put(
    @Param('tenant', zodParam('tenant', tenantNameSchema)) name: string,
    @Body(zodBody(putTenantSchema)) body: z.output<typeof putTenantSchema>,
  ): Promise<Tenant> {
    if (body.tenant !== undefined && body.tenant !== name) throw invalidAt('/tenant', 'the body names another tenant than the path');
    // in the order in which they are shown and told
    const { unknownStations, unknownTokens, minSecurityProfile, currency, defaultTariff, keepMessagesHours, showCost, masterPassGroup } =
      body;
    const tenant: Tenant = {
      tenant: name,
      name: body.name ?? name,
      unknownStations,
      unknownTokens,
      minSecurityProfile,
      currency,
      defaultTariff,
      keepMessagesHours,
      showCost,
      masterPassGroup,
    };
    await this.service.tenants.put(tenant, new Date());
    this.service.relay.wake();
    return tenant;
  }

  @Delete(':tenant')
  @HttpCode(204)
  async remove(@Param('tenant') name: string): Promise<void> {
    const outcome = tenantNameSchema.safeParse(name).success ? await this.service.tenants.remove(name, new Date()) : 'unknown';
    if (outcome === 'unknown') throw new CsmsError('not-found', 'no such tenant');
    if (outcome === 'has-stations') throw new CsmsError('conflict', 'the tenant still has stations');
    this.service.relay.wake();
  }
}

import { Controller, Delete, Get, HttpCode, Inject, Param, Patch, Put, Query } from '@nestjs/common';
import { CsmsError, DEFAULT_TENANT, inUse, unknownReference, type Tenant } from '@voltbus/contracts';
import {
  ApiDelete,
  ApiGet,
  ApiList,
  ApiPatch,
  ApiPut,
  Audited,
  ChangeOf,
  EntityTag,
  Needs,
  OF_TENANT,
  TARIFF_DIRECTORY,
  TenantMayBeMissing,
  zodParam,
  zodQuery,
  type Auditing,
  type HeldTariffs,
  type ListPage,
  type ResourceChange,
  type Tagged,
  type TariffDirectory,
} from '@voltbus/http';
import type { z } from 'zod';
import { Tenants } from '../tenants';
import { tenantNameSchema, tenantResource, tenantSchema } from './tenant';
import { tenantList } from './tenant-list';

type TenantChange = ResourceChange<typeof tenantResource.schema, Tenant>;
const AUDITED: Auditing<TenantsController> = { view: (controller, { params }) => controller.show(params['tenant'] ?? '') };

/** Operators that share this installation, and their policies. */
@TenantMayBeMissing()
@Controller('v1/tenants')
export class TenantsController {
  constructor(
    private readonly tenants: Tenants,
    @Inject(TARIFF_DIRECTORY) private readonly tariffs: TariffDirectory,
  ) {}

  @Get()
  @Needs('tenants:read', OF_TENANT)
  @ApiList(tenantList)
  list(@Query(zodQuery(tenantList.query)) query: z.output<typeof tenantList.query>): Promise<ListPage<Tenant>> {
    return tenantList.page(query, this.tenants.list());
  }

  @Get(':tenant')
  @Needs('tenants:read', OF_TENANT)
  @ApiGet(tenantSchema)
  async one(@Param('tenant') name: string, @EntityTag(tenantResource) tagged: Tagged<Tenant>): Promise<Tenant> {
    return tagged(await this.show(name));
  }

  @Put(':tenant')
  @Needs('tenants:write', OF_TENANT)
  @Audited(AUDITED)
  @ApiPut(tenantResource, tenantSchema)
  async put(
    @Param('tenant', zodParam('tenant', tenantNameSchema)) name: string,
    @ChangeOf(tenantResource) change: TenantChange,
  ): Promise<Tenant> {
    const stored = await this.tariffs.holding(name, (tariffs) =>
      this.tenants.change(name, new Date(), async (before) => {
        const { name: title = name, ...written } = change.decide(before);
        const after: Tenant = tenantSchema.parse({ ...written, tenant: name, name: title }); // in the order in which the API and the events have them
        await checkTariffs(after, tariffs);
        return after;
      }),
    );
    return change.stored(stored);
  }

  @Patch(':tenant')
  @Needs('tenants:write', OF_TENANT)
  @Audited(AUDITED)
  @ApiPatch(tenantResource, tenantSchema)
  async patch(
    @Param('tenant', zodParam('tenant', tenantNameSchema)) name: string,
    @ChangeOf(tenantResource) change: TenantChange,
  ): Promise<Tenant> {
    return this.put(name, change);
  }

  @Delete(':tenant')
  @Needs('tenants:write', OF_TENANT)
  @Audited(AUDITED)
  @ApiDelete()
  @HttpCode(204)
  async remove(@Param('tenant') name: string, @ChangeOf(tenantResource) change: TenantChange): Promise<void> {
    if (name === DEFAULT_TENANT) throw new CsmsError('conflict', 'the default tenant stays: its name would never be free again');
    if (!tenantNameSchema.safeParse(name).success) throw new CsmsError('not-found', 'no such tenant');
    await this.tenants.remove(name, new Date(), (before) => change.mayRemove(before));
  }

  /** Throws `not-found` where there is none. */
  async show(name: string): Promise<Tenant> {
    const tenant = tenantNameSchema.safeParse(name).success ? await this.tenants.find(name) : null;
    if (tenant === null) throw new CsmsError('not-found', 'no such tenant');
    return tenant;
  }
}

/** The tenant's tariffs are in its currency, and the one that applies by default exists. */
async function checkTariffs({ currency, defaultTariff }: Tenant, tariffs: HeldTariffs): Promise<void> {
  if (defaultTariff !== null && !(await tariffs.has(defaultTariff))) throw unknownReference('/defaultTariff', 'tariff');
  const foreign = await tariffs.inOtherCurrency(currency);
  if (foreign.length === 0) return;
  const why = `/currency: not ${currency} while there are tariffs in another: ${foreign.join(', ')}`;
  throw inUse(
    foreign.map((tariff) => `tariff ${tariff}`),
    why,
  );
}

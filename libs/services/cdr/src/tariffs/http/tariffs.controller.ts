import { Controller, Delete, Get, HttpCode, Inject, Param, Patch, Put, Query } from '@nestjs/common';
import { CsmsError, TARIFF_NAME, tariffSchema, type Tariff } from '@voltbus/contracts';
import {
  ApiDelete,
  ApiGet,
  ApiList,
  ApiPatch,
  ApiPut,
  Audited,
  ChangeOf,
  EntityTag,
  Imported,
  Needs,
  OF_TENANT,
  Tenant,
  TENANT_DIRECTORY,
  zodParam,
  zodQuery,
  type Auditing,
  type ListPage,
  type ResourceChange,
  type Tagged,
  type TenantDirectory,
} from '@voltbus/http';
import type { z } from 'zod';
import { TypeormTariffs } from '../store/typeorm-tariffs';
import { Tariffs } from '../tariffs';
import { tariffNameSchema, tariffResource } from './tariff';
import { tariffList } from './tariff-list';

type TariffChange = ResourceChange<typeof tariffResource.schema, Tariff>;
const AUDITED: Auditing<TariffsController> = { view: (controller, { tenant, params }) => controller.show(tenant, params['tariff'] ?? '') };

@Controller('v1/tariffs')
export class TariffsController {
  constructor(
    private readonly tariffs: Tariffs,
    private readonly store: TypeormTariffs,
    @Inject(TENANT_DIRECTORY) private readonly tenants: TenantDirectory,
  ) {}

  @Get()
  @Needs('tariffs:read', OF_TENANT)
  @ApiList(tariffList)
  list(@Tenant() tenant: string, @Query(zodQuery(tariffList.query)) query: z.output<typeof tariffList.query>): Promise<ListPage<Tariff>> {
    return tariffList.page(query, this.store.list(tenant));
  }

  @Get(':tariff')
  @Needs('tariffs:read', OF_TENANT)
  @ApiGet(tariffSchema)
  async one(@Tenant() tenant: string, @Param('tariff') name: string, @EntityTag(tariffResource) tagged: Tagged<Tariff>): Promise<Tariff> {
    return tagged(await this.show(tenant, name));
  }

  /** Applies to sessions started after it; what started before keeps the version it started with. */
  @Put(':tariff')
  @Needs('tariffs:write', OF_TENANT)
  @Imported({ kind: 'tariffs', resource: tariffResource, key: tariffNameSchema })
  @Audited(AUDITED)
  @ApiPut(tariffResource, tariffSchema)
  async put(
    @Tenant() tenant: string,
    @Param('tariff', zodParam('tariff', tariffNameSchema)) name: string,
    @ChangeOf(tariffResource) change: TariffChange,
  ): Promise<Tariff> {
    const decide = (before: Tariff | null) => ({ ...change.decide(before), tariff: name });
    return change.stored(await this.tariffs.change(tenant, name, { decide, writes: (after) => change.writes(after) }, this.tenants));
  }

  /** Applies to sessions started after it. */
  @Patch(':tariff')
  @Needs('tariffs:write', OF_TENANT)
  @Audited(AUDITED)
  @ApiPatch(tariffResource, tariffSchema)
  async patch(
    @Tenant() tenant: string,
    @Param('tariff', zodParam('tariff', tariffNameSchema)) name: string,
    @ChangeOf(tariffResource) change: TariffChange,
  ): Promise<Tariff> {
    return this.put(tenant, name, change);
  }

  @Delete(':tariff')
  @Needs('tariffs:write', OF_TENANT)
  @Audited(AUDITED)
  @ApiDelete()
  @HttpCode(204)
  async remove(@Tenant() tenant: string, @Param('tariff') name: string, @ChangeOf(tariffResource) change: TariffChange): Promise<void> {
    if (!TARIFF_NAME.test(name)) throw new CsmsError('not-found', 'no such tariff');
    await this.tariffs.remove(tenant, name, (before) => change.mayRemove(before), this.tenants);
  }

  /** Throws `not-found` where there is none. */
  async show(tenant: string, name: string): Promise<Tariff> {
    const tariff = TARIFF_NAME.test(name) ? await this.store.find(tenant, name) : null;
    if (tariff === null) throw new CsmsError('not-found', 'no such tariff');
    return tariff;
  }
}

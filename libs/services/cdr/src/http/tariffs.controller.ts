import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put, Query } from '@nestjs/common';
import { CsmsError, invalidAt, type Tariff } from '@voltbus/contracts';
import {
  ApiZodBody,
  ApiZodQuery,
  ApiZodResponse,
  Needs,
  Tenant,
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
import { CDR_SERVICE } from './injection';
import { TARIFF_NAME, putTariffSchema, tariffNameSchema, tariffSchema } from './tariff';

@Controller('v1/tariffs')
export class TariffsController {
  constructor(@Inject(CDR_SERVICE) private readonly service: Service) {}

  @Get()
  @ApiZodQuery(pageQuerySchema)
  @ApiZodResponse(200, z.object({ items: z.array(tariffSchema), nextCursor: z.string().nullable() }))
  async list(@Tenant() tenant: string, @Query(zodQuery(pageQuerySchema)) { limit, cursor }: PageQuery): Promise<Page<Tariff>> {
    const tariffs = await this.service.tariffs.page(tenant, { limit: limit + 1, after: cursor ?? null });
    return page(tariffs, limit, ({ tariff }) => tariff);
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
  @Needs('admin')
  @ApiZodBody(putTariffSchema)
  @ApiZodResponse(200, tariffSchema)
  async put(
    @Tenant() tenant: string,
    @Param('tariff', zodParam('tariff', tariffNameSchema)) name: string,
    @Body(zodBody(putTariffSchema)) body: z.output<typeof putTariffSchema>,
  ): Promise<Tariff> {
    if (body.tariff !== undefined && body.tariff !== name) throw invalidAt('/tariff', 'the body names another tariff than the path');
    const tariff: Tariff = { ...body, tariff: name };
    await this.service.tariffs.add(tenant, name, tariff, new Date());
    this.service.relay.wake();
    return tariff;
  }

  @Delete(':tariff')
  @Needs('admin')
  @HttpCode(204)
  async remove(@Tenant() tenant: string, @Param('tariff') name: string): Promise<void> {
    if ((await this.known(tenant, name)) === null) throw new CsmsError('not-found', 'no such tariff');
    if (await this.service.assignments.uses(tenant, name)) throw new CsmsError('conflict', 'a group has that tariff: take it away first');
    await this.service.tariffs.add(tenant, name, null, new Date());
    this.service.relay.wake();
  }

  private async known(tenant: string, name: string): Promise<Tariff | null> {
    return TARIFF_NAME.test(name) ? this.service.tariffs.find(tenant, name) : null;
  }
}

import { Body, Controller, Get, HttpCode, Inject, Optional, Param, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError, invalidAt } from '@voltbus/contracts';
import { shownAs } from '@voltbus/database';
import {
  ApiList,
  ApiZodBody,
  ApiZodQuery,
  ApiZodResponse,
  Audited,
  Needs,
  OF_TENANT,
  Tenant,
  isUuid,
  zodBody,
  zodQuery,
  type ListPage,
} from '@voltbus/http';
import { tokenTracesOf, type TokenTraces } from '@voltbus/service';
import type { z } from 'zod';
import { exportedPage, type ServiceTraces } from '../export';
import { PersonalData } from '../personal-data';
import { TypeormPersonalData, type Erasure } from '../typeorm-personal-data';
import {
  dataView,
  eraseTokenSchema,
  erasureList,
  erasureSchema,
  erasureView,
  placeIn,
  tokenDataQuery,
  tokenDataSchema,
} from './personal-data';

type ErasureView = z.output<typeof erasureSchema>;

/** What is known of a token in all services: exported, and erased. */
@Controller('v1')
export class PersonalDataController {
  private readonly services: ServiceTraces;

  constructor(
    private readonly data: PersonalData,
    private readonly store: TypeormPersonalData,
    @Inject(tokenTracesOf('transaction')) transaction: TokenTraces,
    @Optional() @Inject(tokenTracesOf('cdr')) cdr: TokenTraces | undefined,
    @Optional() @Inject(tokenTracesOf('device-config')) deviceConfig: TokenTraces | undefined,
    @Optional() @Inject(tokenTracesOf('router')) router: TokenTraces | undefined,
    @Optional() @Inject(tokenTracesOf('webhooks')) webhooks: TokenTraces | undefined,
  ) {
    const all = { transaction, cdr, 'device-config': deviceConfig, router, webhooks };
    this.services = Object.entries(all).flatMap(([name, traces]) => (traces === undefined ? [] : [[name, traces] as const]));
  }

  @Post('token-erasures')
  @Audited({})
  @Needs('personal-data:write', OF_TENANT)
  @HttpCode(202)
  @ApiOperation({ operationId: 'eraseToken', summary: 'Have every service and station forget a token' })
  @ApiZodBody(eraseTokenSchema)
  @ApiZodResponse(202, erasureSchema, 'It goes on by itself; asked for again, it is the same erasure')
  async erase(
    @Tenant() tenant: string,
    @Body(zodBody(eraseTokenSchema)) { idToken }: z.output<typeof eraseTokenSchema>,
  ): Promise<ErasureView> {
    return this.one(tenant, (await this.data.erase(tenant, idToken)).id);
  }

  @Get('token-erasures')
  @Needs('personal-data:read', OF_TENANT)
  @ApiList(erasureList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(erasureList.query)) query: z.output<typeof erasureList.query>,
  ): Promise<ListPage<ErasureView>> {
    return erasureList.page(
      query,
      shownAs(this.store.list(tenant), (erasures) => this.shown(tenant, erasures)),
    );
  }

  @Get('token-erasures/:id')
  @Needs('personal-data:read', OF_TENANT)
  @ApiZodResponse(200, erasureSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<ErasureView> {
    if (!isUuid(id)) throw new CsmsError('not-found', 'no such erasure');
    const [erasure] = await this.shown(tenant, [await this.data.find(tenant, id)]);
    if (erasure === undefined) throw new Error('an erasure is shown as none');
    return erasure;
  }

  /** Page by page, of all services. A page may be empty, and tell where to go on. */
  @Get('token-data')
  @Needs('personal-data:read', OF_TENANT)
  @ApiOperation({ operationId: 'exportTokenData', summary: 'Export what is known of a token' })
  @ApiZodQuery(tokenDataQuery)
  @ApiZodResponse(200, tokenDataSchema)
  async export(
    @Tenant() tenant: string,
    @Query(zodQuery(tokenDataQuery)) { idToken, cursor }: z.output<typeof tokenDataQuery>,
  ): Promise<z.output<typeof tokenDataSchema>> {
    const from = placeIn(cursor);
    if (from === null) throw invalidAt('/cursor', 'is not a cursor of this list');
    return dataView(await exportedPage(this.services, { tenant, idToken }, from));
  }

  private async shown(tenant: string, erasures: readonly Erasure[]): Promise<ErasureView[]> {
    const ids = erasures.map(({ id }) => id);
    const states = await Promise.all(this.services.map(async ([name, traces]) => [name, await traces.states(tenant, ids)] as const));
    return erasures.map((erasure) => erasureView(erasure, states));
  }
}

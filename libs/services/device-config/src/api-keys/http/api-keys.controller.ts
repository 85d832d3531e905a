import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiConsumes, ApiOperation } from '@nestjs/swagger';
import { CsmsError } from '@voltbus/contracts';
import { shownAs } from '@voltbus/database';
import {
  Actor,
  ApiList,
  ApiZodBody,
  ApiZodResponse,
  Audited,
  Needs,
  OF_TENANT,
  RequestCaller,
  Tenant,
  zodBody,
  zodQuery,
  type AuditTarget,
  type Caller,
  type ListPage,
} from '@voltbus/http';
import { z } from 'zod';
import { ApiKeyIssuer } from '../api-key-issuer';
import { TypeormApiKeys } from '../store/typeorm-api-keys';
import { apiKeyList } from './api-key-list';
import { apiKeySchema, apiKeyView, createdApiKeySchema, patchApiKeySchema, postApiKeySchema, rotateApiKeySchema } from './api-key';

type ApiKeyView = z.output<typeof apiKeySchema>;
const idSchema = z.string().regex(/^[0-9a-f]{16}$/);

/** As the audit log has them. */
const shown = (controller: ApiKeysController, { tenant, params }: AuditTarget) => controller.one(tenant, params['id'] ?? '');
const withoutKey = ({ key: _secret, ...rest }: z.output<typeof createdApiKeySchema>) => rest;

/** Keys of the tenant. Nobody gives a right that they lack, and the keys that a key has issued end with it. */
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(
    private readonly apiKeys: TypeormApiKeys,
    private readonly issuer: ApiKeyIssuer,
  ) {}

  @Get()
  @Needs('api-keys:read', OF_TENANT)
  @ApiList(apiKeyList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(apiKeyList.query)) query: z.output<typeof apiKeyList.query>,
  ): Promise<ListPage<ApiKeyView>> {
    return apiKeyList.page(
      query,
      shownAs(this.apiKeys.list(tenant), (keys) => keys.map((key) => apiKeyView(key, new Date()))),
    );
  }

  @Get(':id')
  @Needs('api-keys:read', OF_TENANT)
  @ApiZodResponse(200, apiKeySchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<ApiKeyView> {
    const key = idSchema.safeParse(id).success ? await this.apiKeys.findOf(tenant, id) : null;
    if (key === null) throw new CsmsError('not-found', 'no such API key');
    return apiKeyView(key, new Date());
  }

  @Post()
  @Needs('api-keys:write', OF_TENANT)
  @Audited({ after: withoutKey })
  @ApiOperation({ summary: 'Make an API key, which is shown this once' })
  @ApiZodBody(postApiKeySchema)
  @ApiZodResponse(201, createdApiKeySchema)
  async post(
    @Tenant() tenant: string,
    @RequestCaller() maker: Caller,
    @Body(zodBody(postApiKeySchema)) wanted: z.output<typeof postApiKeySchema>,
  ): Promise<z.output<typeof createdApiKeySchema>> {
    const { stored, key } = await this.issuer.issue({ tenant, ...wanted }, maker);
    return { ...apiKeyView(stored, new Date()), key };
  }

  @Patch(':id')
  @Needs('api-keys:write', OF_TENANT)
  @Audited<ApiKeysController>({ view: shown })
  @ApiOperation({ summary: 'Change the name, addresses or end of an API key' })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiZodBody(patchApiKeySchema)
  @ApiZodResponse(200, apiKeySchema)
  async patch(
    @Tenant() tenant: string,
    @RequestCaller() by: Caller,
    @Param('id') id: string,
    @Body(zodBody(patchApiKeySchema)) changes: z.output<typeof patchApiKeySchema>,
  ): Promise<ApiKeyView> {
    if (!idSchema.safeParse(id).success) throw new CsmsError('not-found', 'no such API key');
    return apiKeyView(await this.issuer.change({ tenant, id }, changes, by), new Date());
  }

  @Post(':id/rotate')
  @Needs('api-keys:write', OF_TENANT)
  @HttpCode(200)
  @Audited<ApiKeysController>({ view: shown, after: withoutKey })
  @ApiOperation({ operationId: 'rotateApiKey', summary: 'Make a new secret for an API key, and let the one before end' })
  @ApiZodBody(rotateApiKeySchema)
  @ApiZodResponse(200, createdApiKeySchema, 'The new `key` is shown this once')
  async rotate(
    @Tenant() tenant: string,
    @RequestCaller() by: Caller,
    @Param('id') id: string,
    @Body(zodBody(rotateApiKeySchema)) { overlapSeconds }: z.output<typeof rotateApiKeySchema>,
  ): Promise<z.output<typeof createdApiKeySchema>> {
    if (!idSchema.safeParse(id).success) throw new CsmsError('not-found', 'no such API key');
    const { stored, key } = await this.issuer.rotate({ tenant, id }, { by, overlapSeconds });
    return { ...apiKeyView(stored, new Date()), key };
  }

  @Delete(':id')
  @Needs('api-keys:write', OF_TENANT)
  @Audited<ApiKeysController>({ view: shown })
  @HttpCode(204)
  async remove(@Tenant() tenant: string, @Actor() by: string, @Param('id') id: string): Promise<void> {
    if (!idSchema.safeParse(id).success) throw new CsmsError('not-found', 'no such API key');
    await this.issuer.revoke({ tenant, id }, by);
  }
}

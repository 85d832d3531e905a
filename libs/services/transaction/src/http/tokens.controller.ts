import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put, Query } from '@nestjs/common';
import { CsmsError } from '@voltbus/contracts';
import { Tenant, page, pageQuerySchema, zodBody, zodQuery, type Page, type PageQuery } from '@voltbus/http';
import type { z } from 'zod';
import { tokenIdentity, type Token } from '../domain/authorization';
import type { Service } from '../wiring';
import { TRANSACTION_SERVICE } from './injection';
import { putTokenSchema } from './token';

const MAX_LENGTH = 255;

@Controller('v1/tokens')
export class TokensController {
  constructor(@Inject(TRANSACTION_SERVICE) private readonly service: Service) {}

  @Get()
  async list(@Tenant() tenant: string, @Query(zodQuery(pageQuerySchema)) { limit, cursor }: PageQuery): Promise<Page<Token>> {
    const tokens = await this.service.tokenStore.page(tenant, { limit: limit + 1, after: cursor ?? null });
    return page(tokens, limit, ({ idToken }) => tokenIdentity(idToken));
  }

  @Get(':idToken')
  async one(@Tenant() tenant: string, @Param('idToken') idToken: string): Promise<Token> {
    const token = await this.service.tokenStore.find(tenant, idToken);
    if (token === null) throw new CsmsError('not-found', 'no such token');
    return token;
  }

  @Put(':idToken')
  async put(
    @Tenant() tenant: string,
    @Param('idToken') idToken: string,
    @Body(zodBody(putTokenSchema)) body: z.output<typeof putTokenSchema>,
  ): Promise<Token> {
    if (idToken.length > MAX_LENGTH || tokenIdentity(idToken) === '')
      throw new CsmsError('invalid', `a token has 1 to ${MAX_LENGTH} characters`);
    if (body.idToken !== undefined && tokenIdentity(body.idToken) !== tokenIdentity(idToken))
      throw new CsmsError('invalid', 'the body names another token than the path');
    const expiresAt = body.expiresAt === null ? null : new Date(body.expiresAt).toISOString();
    const token: Token = {
      idToken: idToken.trim(),
      type: body.type,
      status: body.status,
      groupId: body.groupId,
      expiresAt,
      concurrent: body.concurrent,
    };
    await this.service.tokenStore.put(tenant, token);
    return token;
  }

  @Delete(':idToken')
  @HttpCode(204)
  async remove(@Tenant() tenant: string, @Param('idToken') idToken: string): Promise<void> {
    if (!(await this.service.tokenStore.remove(tenant, idToken))) throw new CsmsError('not-found', 'no such token');
  }
}

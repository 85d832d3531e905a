import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { CsmsError, invalidAt } from '@voltbus/contracts';
import {
  ApiList,
  ApiZodBody,
  ApiZodResponse,
  Audited,
  Needs,
  Tenant,
  replacement,
  zodBody,
  zodParam,
  zodQuery,
  type ListPage,
} from '@voltbus/http';
import { z } from 'zod';
import { tokenIdentity, type Token } from '../domain/authorization';
import { TypeormTokens } from '../store/typeorm-tokens';
import { TOKEN_DEFAULTS, TOKEN_GUARDED, idTokenSchema, putTokenSchema, tokenSchema } from './token';
import { tokenList } from './token-list';

/** The tokens of a tenant: who may charge. */
@Controller('v1/tokens')
export class TokensController {
  constructor(private readonly tokens: TypeormTokens) {}

  @Get()
  @ApiList(tokenList)
  list(@Tenant() tenant: string, @Query(zodQuery(tokenList.query)) query: z.output<typeof tokenList.query>): Promise<ListPage<Token>> {
    return tokenList.page(query, this.tokens.list(tenant));
  }

  @Get(':idToken')
  @ApiZodResponse(200, tokenSchema)
  async one(@Tenant() tenant: string, @Param('idToken', zodParam('idToken', idTokenSchema)) idToken: string): Promise<Token> {
    const token = await this.tokens.find(tenant, idToken);
    if (token === null) throw new CsmsError('not-found', 'no such token');
    return token;
  }

  @Put(':idToken')
  @Audited<TokensController>({ view: (controller, { tenant, params }) => controller.one(tenant, params['idToken'] ?? '') })
  @Needs('operate')
  @ApiZodBody(putTokenSchema)
  @ApiZodResponse(200, tokenSchema)
  async put(
    @Tenant() tenant: string,
    @Param('idToken', zodParam('idToken', idTokenSchema)) idToken: string,
    @Body(zodBody(putTokenSchema)) body: z.output<typeof putTokenSchema>,
  ): Promise<Token> {
    if (body.idToken !== undefined && tokenIdentity(body.idToken) !== tokenIdentity(idToken))
      throw invalidAt('/idToken', 'the body names another token than the path');
    const before = await this.tokens.find(tenant, idToken);
    const requested = replacement(before, body, { defaults: TOKEN_DEFAULTS, guarded: TOKEN_GUARDED });
    const expiresAt = requested.expiresAt === null ? null : new Date(requested.expiresAt).toISOString();
    const token: Token = { ...requested, idToken, expiresAt };
    await this.tokens.put(tenant, token);
    return token;
  }

  @Delete(':idToken')
  @Audited<TokensController>({ view: (controller, { tenant, params }) => controller.one(tenant, params['idToken'] ?? '') })
  @Needs('operate')
  @HttpCode(204)
  async remove(@Tenant() tenant: string, @Param('idToken', zodParam('idToken', idTokenSchema)) idToken: string): Promise<void> {
    if (!(await this.tokens.remove(tenant, idToken))) throw new CsmsError('not-found', 'no such token');
  }
}

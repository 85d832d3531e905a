import { Controller, Delete, Get, HttpCode, Inject, Param, Patch, Put, Query } from '@nestjs/common';
import { CsmsError, unknownReference } from '@voltbus/contracts';
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
  KNOWN_STATIONS,
  Needs,
  OF_TENANT,
  Tenant,
  zodParam,
  zodQuery,
  type Auditing,
  type HeldStations,
  type KnownStations,
  type ListPage,
  type ResourceChange,
  type Tagged,
} from '@voltbus/http';
import type { z } from 'zod';
import { tokenIdentity, type Token } from '../domain/authorization';
import type { Place } from '../domain/places';
import { TypeormTokens } from '../store/typeorm-tokens';
import { idTokenSchema, tokenResource, tokenSchema } from './token';
import { tokenList } from './token-list';

type TokenChange = ResourceChange<typeof tokenResource.schema, Token>;
const AUDITED: Auditing<TokensController> = { view: (controller, { tenant, params }) => controller.show(tenant, params['idToken'] ?? '') };

/** The tokens of a tenant: who may charge. */
@Controller('v1/tokens')
export class TokensController {
  constructor(
    private readonly tokens: TypeormTokens,
    @Inject(KNOWN_STATIONS) private readonly stations: KnownStations,
  ) {}

  @Get()
  @Needs('tokens:read', OF_TENANT)
  @ApiList(tokenList)
  list(@Tenant() tenant: string, @Query(zodQuery(tokenList.query)) query: z.output<typeof tokenList.query>): Promise<ListPage<Token>> {
    return tokenList.page(query, this.tokens.list(tenant));
  }

  @Get(':idToken')
  @Needs('tokens:read', OF_TENANT)
  @ApiGet(tokenSchema)
  async one(
    @Tenant() tenant: string,
    @Param('idToken', zodParam('idToken', idTokenSchema)) idToken: string,
    @EntityTag(tokenResource) tagged: Tagged<Token>,
  ): Promise<Token> {
    return tagged(await this.show(tenant, idToken));
  }

  @Put(':idToken')
  @Needs('tokens:write', OF_TENANT)
  @Imported({ kind: 'tokens', resource: tokenResource, key: idTokenSchema, identityOf: tokenIdentity })
  @Audited(AUDITED)
  @ApiPut(tokenResource, tokenSchema)
  async put(
    @Tenant() tenant: string,
    @Param('idToken', zodParam('idToken', idTokenSchema)) idToken: string,
    @ChangeOf(tokenResource) change: TokenChange,
  ): Promise<Token> {
    const write = (stations: HeldStations | null) =>
      this.tokens.change(tenant, idToken, async (before) => {
        const after = { ...change.decide(before), idToken };
        if (stations !== null) await checkPlaces(after.allowedAt, before?.allowedAt ?? [], stations);
        change.writes(after);
        return after;
      });
    return change.stored(await (change.gives('allowedAt') ? this.stations.holding(tenant, write) : write(null)));
  }

  @Patch(':idToken')
  @Needs('tokens:write', OF_TENANT)
  @Audited(AUDITED)
  @ApiPatch(tokenResource, tokenSchema)
  async patch(
    @Tenant() tenant: string,
    @Param('idToken', zodParam('idToken', idTokenSchema)) idToken: string,
    @ChangeOf(tokenResource) change: TokenChange,
  ): Promise<Token> {
    return this.put(tenant, idToken, change);
  }

  @Delete(':idToken')
  @Needs('tokens:write', OF_TENANT)
  @Audited(AUDITED)
  @ApiDelete()
  @HttpCode(204)
  async remove(
    @Tenant() tenant: string,
    @Param('idToken', zodParam('idToken', idTokenSchema)) idToken: string,
    @ChangeOf(tokenResource) change: TokenChange,
  ): Promise<void> {
    await this.tokens.remove(tenant, idToken, (before) => change.mayRemove(before));
  }

  /** Throws `not-found` where there is none. */
  async show(tenant: string, idToken: string): Promise<Token> {
    const token = await this.tokens.find(tenant, idToken);
    if (token === null) throw new CsmsError('not-found', 'no such token');
    return token;
  }
}

/** A station that a token newly names exists. One that it has named stays in it, also where it was named before such references were checked. */
async function checkPlaces(places: readonly Place[], before: readonly Place[], stations: HeldStations): Promise<void> {
  const known = new Set(before.map(({ station }) => station));
  const added = places.flatMap(({ station }) => (station === undefined || known.has(station) ? [] : [station]));
  if (added.length === 0) return;
  const registered = await stations.among(added);
  const missing = places.findIndex(({ station }) => station !== undefined && !known.has(station) && !registered.has(station));
  if (missing >= 0) throw unknownReference(`/allowedAt/${missing}/station`, 'station');
}

import { Controller, Delete, Get, HttpCode, Param, Patch, Put, Query } from '@nestjs/common';
import { CsmsError } from '@voltbus/contracts';
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
  Tenant,
  zodParam,
  zodQuery,
  type Auditing,
  type ListPage,
  type ResourceChange,
  type Tagged,
} from '@voltbus/http';
import type { z } from 'zod';
import type { QuirkProfile } from '../../quirks';
import { QuirkProfiles } from '../quirk-profiles';
import { TypeormQuirkProfiles } from '../typeorm-quirk-profiles';
import { quirkProfileList, quirkProfileNameSchema, quirkProfileResource, quirkProfileSchema } from './quirk-profile';

type ProfileChange = ResourceChange<typeof quirkProfileResource.schema, QuirkProfile>;
const AUDITED: Auditing<QuirkProfilesController> = {
  view: (controller, { tenant, params }) => controller.show(tenant, params['profile'] ?? ''),
};

/** Which quirks are switched for stations of a kind. */
@Controller('v1/quirk-profiles')
export class QuirkProfilesController {
  constructor(
    private readonly profiles: QuirkProfiles,
    private readonly store: TypeormQuirkProfiles,
  ) {}

  @Get()
  @Needs('quirks:read', OF_TENANT)
  @ApiList(quirkProfileList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(quirkProfileList.query)) query: z.output<typeof quirkProfileList.query>,
  ): Promise<ListPage<QuirkProfile>> {
    return quirkProfileList.page(query, this.store.list(tenant));
  }

  @Get(':profile')
  @Needs('quirks:read', OF_TENANT)
  @ApiGet(quirkProfileSchema)
  async one(
    @Tenant() tenant: string,
    @Param('profile') name: string,
    @EntityTag(quirkProfileResource) tagged: Tagged<QuirkProfile>,
  ): Promise<QuirkProfile> {
    return tagged(await this.show(tenant, name));
  }

  /** Holds within seconds for the stations that it concerns; none is disconnected. */
  @Put(':profile')
  @Needs('quirk-profiles:write', OF_TENANT)
  @Audited(AUDITED)
  @ApiPut(quirkProfileResource, quirkProfileSchema)
  async put(
    @Tenant() tenant: string,
    @Param('profile', zodParam('profile', quirkProfileNameSchema)) name: string,
    @ChangeOf(quirkProfileResource) change: ProfileChange,
  ): Promise<QuirkProfile> {
    const decide = (before: QuirkProfile | null): QuirkProfile => ({ ...change.decide(before), profile: name });
    return change.stored(await this.profiles.change(tenant, name, decide, (after) => change.writes(after)));
  }

  @Patch(':profile')
  @Needs('quirk-profiles:write', OF_TENANT)
  @Audited(AUDITED)
  @ApiPatch(quirkProfileResource, quirkProfileSchema)
  async patch(
    @Tenant() tenant: string,
    @Param('profile', zodParam('profile', quirkProfileNameSchema)) name: string,
    @ChangeOf(quirkProfileResource) change: ProfileChange,
  ): Promise<QuirkProfile> {
    return this.put(tenant, name, change);
  }

  /** What it switched is as by default, or by other profiles, within seconds. */
  @Delete(':profile')
  @Needs('quirk-profiles:write', OF_TENANT)
  @Audited(AUDITED)
  @ApiDelete()
  @HttpCode(204)
  async remove(
    @Tenant() tenant: string,
    @Param('profile') name: string,
    @ChangeOf(quirkProfileResource) change: ProfileChange,
  ): Promise<void> {
    if (!quirkProfileNameSchema.safeParse(name).success) throw new CsmsError('not-found', 'no such quirk profile');
    await this.profiles.remove(tenant, name, (before) => change.mayRemove(before));
  }

  /** Throws `not-found` where there is none. */
  async show(tenant: string, name: string): Promise<QuirkProfile> {
    const profile = quirkProfileNameSchema.safeParse(name).success ? await this.store.find(tenant, name) : null;
    if (profile === null) throw new CsmsError('not-found', 'no such quirk profile');
    return profile;
  }
}

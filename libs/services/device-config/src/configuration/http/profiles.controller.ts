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
import { Configurations } from '../configurations';
import type { Profile } from '../domain/profile';
import { TypeormProfiles } from '../store/typeorm-profiles';
import { profileList, profileNameSchema, profileResource, profileSchema } from './profile';

type ProfileChange = ResourceChange<typeof profileResource.schema, Profile>;
const AUDITED: Auditing<ConfigurationProfilesController> = {
  view: (controller, { tenant, params }) => controller.show(tenant, params['profile'] ?? ''),
};

/** What stations of a kind shall be set to. */
@Controller('v1/configuration-profiles')
export class ConfigurationProfilesController {
  constructor(
    private readonly configurations: Configurations,
    private readonly store: TypeormProfiles,
  ) {}

  @Get()
  @Needs('configuration:read', OF_TENANT)
  @ApiList(profileList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(profileList.query)) query: z.output<typeof profileList.query>,
  ): Promise<ListPage<Profile>> {
    return profileList.page(query, this.store.list(tenant));
  }

  @Get(':profile')
  @Needs('configuration:read', OF_TENANT)
  @ApiGet(profileSchema)
  async one(
    @Tenant() tenant: string,
    @Param('profile') name: string,
    @EntityTag(profileResource) tagged: Tagged<Profile>,
  ): Promise<Profile> {
    return tagged(await this.show(tenant, name));
  }

  /** Stations that it concerns are checked from then on, some at a time. */
  @Put(':profile')
  @Needs('configuration-profiles:write', OF_TENANT)
  @Audited(AUDITED)
  @ApiPut(profileResource, profileSchema)
  async put(
    @Tenant() tenant: string,
    @Param('profile', zodParam('profile', profileNameSchema)) name: string,
    @ChangeOf(profileResource) change: ProfileChange,
  ): Promise<Profile> {
    const decide = (before: Profile | null): Profile => ({ ...change.decide(before), profile: name });
    return change.stored(await this.configurations.changeProfile(tenant, name, decide, (after) => change.writes(after)));
  }

  @Patch(':profile')
  @Needs('configuration-profiles:write', OF_TENANT)
  @Audited(AUDITED)
  @ApiPatch(profileResource, profileSchema)
  async patch(
    @Tenant() tenant: string,
    @Param('profile', zodParam('profile', profileNameSchema)) name: string,
    @ChangeOf(profileResource) change: ProfileChange,
  ): Promise<Profile> {
    return this.put(tenant, name, change);
  }

  /** Stations keep the values that they have. */
  @Delete(':profile')
  @Needs('configuration-profiles:write', OF_TENANT)
  @Audited(AUDITED)
  @ApiDelete()
  @HttpCode(204)
  async remove(@Tenant() tenant: string, @Param('profile') name: string, @ChangeOf(profileResource) change: ProfileChange): Promise<void> {
    if (!profileNameSchema.safeParse(name).success) throw new CsmsError('not-found', 'no such configuration profile');
    await this.configurations.removeProfile(tenant, name, (before) => change.mayRemove(before));
  }

  /** Throws `not-found` where there is none. */
  async show(tenant: string, name: string): Promise<Profile> {
    const profile = profileNameSchema.safeParse(name).success ? await this.store.find(tenant, name) : null;
    if (profile === null) throw new CsmsError('not-found', 'no such configuration profile');
    return profile;
  }
}

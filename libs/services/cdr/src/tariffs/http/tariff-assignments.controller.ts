import { Controller, Delete, Get, HttpCode, Param, Patch, Put, Query } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
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
import { ASSIGNMENT_KINDS, type AssignmentKind, type TariffAssignment } from '@voltbus/pricing';
import { TypeormAssignments } from '../store/typeorm-assignments';
import { Tariffs } from '../tariffs';
import { assignmentKindSchema, assignmentResource, assignmentSchema, groupSchema } from './tariff-assignment';
import { assignmentList } from './tariff-assignment-list';

const KIND = { name: 'kind', enum: [...ASSIGNMENT_KINDS] };

type AssignmentChange = ResourceChange<typeof assignmentResource.schema, TariffAssignment>;
const AUDITED: Auditing<TariffAssignmentsController> = {
  view: (controller, { tenant, params: { kind = '', group = '' } }) => controller.show(tenant, kind, group),
};

/** Tariffs of groups of tokens and of stations. Of several that apply to a session, the token group's comes first, then the station group's, then the tenant's. */
@Controller('v1/tariff-assignments')
export class TariffAssignmentsController {
  constructor(
    private readonly tariffs: Tariffs,
    private readonly store: TypeormAssignments,
  ) {}

  @Get()
  @Needs('tariffs:read', OF_TENANT)
  @ApiList(assignmentList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(assignmentList.query)) query: z.output<typeof assignmentList.query>,
  ): Promise<ListPage<TariffAssignment>> {
    return assignmentList.page(query, this.store.list(tenant));
  }

  @Get(':kind/:group')
  @Needs('tariffs:read', OF_TENANT)
  @ApiParam(KIND)
  @ApiGet(assignmentSchema)
  async one(
    @Tenant() tenant: string,
    @Param('kind') kind: string,
    @Param('group') group: string,
    @EntityTag(assignmentResource) tagged: Tagged<TariffAssignment>,
  ): Promise<TariffAssignment> {
    return tagged(await this.show(tenant, kind, group));
  }

  /** Applies to sessions that start after it; a group is named without regard to case. */
  @Put(':kind/:group')
  @Needs('tariffs:write', OF_TENANT)
  @Audited(AUDITED)
  @ApiParam(KIND)
  @ApiPut(assignmentResource, assignmentSchema)
  async put(
    @Tenant() tenant: string,
    @Param('kind', zodParam('kind', assignmentKindSchema)) kind: AssignmentKind,
    @Param('group', zodParam('group', groupSchema)) group: string,
    @ChangeOf(assignmentResource) change: AssignmentChange,
  ): Promise<TariffAssignment> {
    const named = { kind, group };
    return change.stored(await this.tariffs.assign(tenant, named, (before) => ({ ...named, ...change.decide(before) })));
  }

  @Patch(':kind/:group')
  @Needs('tariffs:write', OF_TENANT)
  @Audited(AUDITED)
  @ApiParam(KIND)
  @ApiPatch(assignmentResource, assignmentSchema)
  async patch(
    @Tenant() tenant: string,
    @Param('kind', zodParam('kind', assignmentKindSchema)) kind: AssignmentKind,
    @Param('group', zodParam('group', groupSchema)) group: string,
    @ChangeOf(assignmentResource) change: AssignmentChange,
  ): Promise<TariffAssignment> {
    return this.put(tenant, kind, group, change);
  }

  @Delete(':kind/:group')
  @Needs('tariffs:write', OF_TENANT)
  @Audited(AUDITED)
  @ApiParam(KIND)
  @ApiDelete()
  @HttpCode(204)
  async remove(
    @Tenant() tenant: string,
    @Param('kind') kind: string,
    @Param('group') group: string,
    @ChangeOf(assignmentResource) change: AssignmentChange,
  ): Promise<void> {
    const named = await this.show(tenant, kind, group);
    await this.tariffs.removeAssignment(tenant, named, (before) => change.mayRemove(before));
  }

  /** Throws `not-found` where there is none. */
  async show(tenant: string, kind: string, group: string): Promise<TariffAssignment> {
    const [ofKind, named] = [assignmentKindSchema.safeParse(kind), groupSchema.safeParse(group)];
    const found = ofKind.success && named.success ? await this.store.find(tenant, ofKind.data, named.data) : null;
    if (found === null) throw new CsmsError('not-found', 'no such assignment');
    return found;
  }
}

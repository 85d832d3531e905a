import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { CsmsError } from '@voltbus/contracts';
import {
  ApiZodBody,
  ApiZodList,
  ApiZodResponse,
  Audited,
  Tenant,
  pageQueryOf,
  readPage,
  zodBody,
  zodParam,
  zodQuery,
  type Page,
} from '@voltbus/http';
import { z } from 'zod';
import { ASSIGNMENT_KINDS, type AssignmentKind, type TariffAssignment } from '@voltbus/pricing';
import { TypeormAssignments } from '../store/typeorm-assignments';
import { Tariffs } from '../tariffs';
import { assignmentCursorSchema, assignmentKindSchema, assignmentSchema, groupSchema, putAssignmentSchema } from './tariff-assignment';

const listQuerySchema = pageQueryOf(assignmentCursorSchema);
const KIND = { name: 'kind', enum: [...ASSIGNMENT_KINDS] };

/** Tariffs of groups of tokens and of stations. Of several that apply to a session, the token group's comes first, then the station group's, then the tenant's. */
@Controller('v1/tariff-assignments')
export class TariffAssignmentsController {
  constructor(
    private readonly tariffs: Tariffs,
    private readonly store: TypeormAssignments,
  ) {}

  @Get()
  @ApiZodList(listQuerySchema, assignmentSchema)
  async list(
    @Tenant() tenant: string,
    @Query(zodQuery(listQuerySchema)) query: z.output<typeof listQuerySchema>,
  ): Promise<Page<TariffAssignment>> {
    return readPage(
      query,
      (slice) => this.store.page(tenant, slice),
      ({ kind, group }) => [kind, group],
    );
  }

  @Get(':kind/:group')
  @ApiParam(KIND)
  @ApiZodResponse(200, assignmentSchema)
  async one(@Tenant() tenant: string, @Param('kind') kind: string, @Param('group') group: string): Promise<TariffAssignment> {
    return this.known(tenant, kind, group);
  }

  /** Applies to sessions that start after it; a group is named without regard to case. */
  @Put(':kind/:group')
  @Audited<TariffAssignmentsController>({
    view: (controller, { tenant, params: { kind = '', group = '' } }) => controller.one(tenant, kind, group),
  })
  @ApiParam(KIND)
  @ApiZodBody(putAssignmentSchema)
  @ApiZodResponse(200, assignmentSchema)
  async put(
    @Tenant() tenant: string,
    @Param('kind', zodParam('kind', assignmentKindSchema)) kind: AssignmentKind,
    @Param('group', zodParam('group', groupSchema)) group: string,
    @Body(zodBody(putAssignmentSchema)) { tariff }: z.output<typeof putAssignmentSchema>,
  ): Promise<TariffAssignment> {
    await this.tariffs.assign(tenant, { kind, group, tariff });
    return { kind, group, tariff };
  }

  @Delete(':kind/:group')
  @Audited<TariffAssignmentsController>({
    view: (controller, { tenant, params: { kind = '', group = '' } }) => controller.one(tenant, kind, group),
  })
  @ApiParam(KIND)
  @HttpCode(204)
  async remove(@Tenant() tenant: string, @Param('kind') kind: string, @Param('group') group: string): Promise<void> {
    await this.tariffs.removeAssignment(tenant, await this.known(tenant, kind, group));
  }

  private async known(tenant: string, kind: string, group: string): Promise<TariffAssignment> {
    const [ofKind, named] = [assignmentKindSchema.safeParse(kind), groupSchema.safeParse(group)];
    const found = ofKind.success && named.success ? await this.store.find(tenant, ofKind.data, named.data) : null;
    if (found === null) throw new CsmsError('not-found', 'no such assignment');
    return found;
  }
}

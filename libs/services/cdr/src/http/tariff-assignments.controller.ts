import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put, Query } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { CsmsError, unknownReference } from '@voltbus/contracts';
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
import type { Service } from '../wiring';
import { CDR_SERVICE } from './injection';
import { assignmentCursorSchema, assignmentKindSchema, assignmentSchema, groupSchema, putAssignmentSchema } from './tariff-assignment';

const listQuerySchema = pageQueryOf(assignmentCursorSchema);
const KIND = { name: 'kind', enum: [...ASSIGNMENT_KINDS] };

/** Which groups of tokens and of stations have a tariff of their own. Of several that apply: token group, station group, tenant. */
@Controller('v1/tariff-assignments')
export class TariffAssignmentsController {
  constructor(@Inject(CDR_SERVICE) private readonly service: Service) {}

  @Get()
  @ApiZodList(listQuerySchema, assignmentSchema)
  async list(
    @Tenant() tenant: string,
    @Query(zodQuery(listQuerySchema)) query: z.output<typeof listQuerySchema>,
  ): Promise<Page<TariffAssignment>> {
    return readPage(
      query,
      (slice) => this.service.assignments.page(tenant, slice),
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
    if ((await this.service.tariffs.find(tenant, tariff)) === null) throw unknownReference('/tariff', 'tariff');
    await this.service.assignments.assign(tenant, { kind, group, tariff }, new Date());
    this.service.relay.wake();
    return { kind, group, tariff };
  }

  @Delete(':kind/:group')
  @Audited<TariffAssignmentsController>({
    view: (controller, { tenant, params: { kind = '', group = '' } }) => controller.one(tenant, kind, group),
  })
  @ApiParam(KIND)
  @HttpCode(204)
  async remove(@Tenant() tenant: string, @Param('kind') kind: string, @Param('group') group: string): Promise<void> {
    const known = await this.known(tenant, kind, group);
    await this.service.assignments.assign(tenant, { ...known, tariff: null }, new Date());
    this.service.relay.wake();
  }

  private async known(tenant: string, kind: string, group: string): Promise<TariffAssignment> {
    const [ofKind, named] = [assignmentKindSchema.safeParse(kind), groupSchema.safeParse(group)];
    const found = ofKind.success && named.success ? await this.service.assignments.find(tenant, ofKind.data, named.data) : null;
    if (found === null) throw new CsmsError('not-found', 'no such assignment');
    return found;
  }
}

import { randomUUID } from 'node:crypto';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError, unknownReference } from '@voltbus/contracts';
import { shownAs } from '@voltbus/database';
import {
  ApiList,
  ApiZodBody,
  ApiZodResponse,
  Audited,
  Actor,
  Needs,
  Tenant,
  isUuid,
  zodBody,
  zodQuery,
  type ListPage,
  OF_STATIONS,
  OF_TENANT,
  ofItem,
} from '@voltbus/http';
import type { z } from 'zod';
import { TypeormUptimeExclusions } from '../store/typeorm-uptime-exclusions';
import { exclusionList, exclusionSchema, exclusionView, postExclusionSchema } from './exclusion';

type Shown = z.output<typeof exclusionSchema>;

/** About the exclusion whose id the path names. */
const OF_EXCLUSION = ofItem<{ exclusions: Pick<TypeormUptimeExclusions, 'find'> }>('exclusion', ({ exclusions }, tenant, id) =>
  exclusions.find(tenant, id),
);

/** Outages that reports of uptime leave out. */
@Controller('v1/uptime-exclusions')
export class UptimeExclusionsController {
  constructor(private readonly exclusions: TypeormUptimeExclusions) {}

  @Get()
  @Needs('uptime:read', OF_STATIONS)
  @ApiList(exclusionList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(exclusionList.query)) query: z.output<typeof exclusionList.query>,
  ): Promise<ListPage<Shown>> {
    return exclusionList.page(
      query,
      shownAs(this.exclusions.list(tenant), (rows) => rows.map(exclusionView)),
    );
  }

  @Post()
  @Audited({})
  @Needs('uptime:write', OF_TENANT)
  @ApiOperation({ summary: 'Leave an outage out of reports of uptime' })
  @ApiZodBody(postExclusionSchema)
  @ApiZodResponse(201, exclusionSchema)
  async post(
    @Tenant() tenant: string,
    @Actor() actor: string,
    @Body(zodBody(postExclusionSchema)) { from, to, ...given }: z.output<typeof postExclusionSchema>,
  ): Promise<Shown> {
    const exclusion = {
      ...{ ...given, id: randomUUID(), from: new Date(from), to: new Date(to) },
      ...{ createdBy: actor, createdAt: new Date() },
    };
    if (!(await this.exclusions.add(tenant, exclusion))) throw unknownReference('/station', 'station');
    return exclusionView(exclusion);
  }

  @Get(':id')
  @Needs('uptime:read', OF_EXCLUSION)
  @ApiZodResponse(200, exclusionSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<Shown> {
    const found = isUuid(id) ? await this.exclusions.find(tenant, id) : null;
    if (found === null) throw new CsmsError('not-found', 'no such exclusion');
    return exclusionView(found);
  }

  @Delete(':id')
  @Audited<UptimeExclusionsController>({ view: (controller, { tenant, params }) => controller.one(tenant, params['id'] ?? '') })
  @Needs('uptime:write', OF_EXCLUSION)
  @HttpCode(204)
  async remove(@Tenant() tenant: string, @Param('id') id: string): Promise<void> {
    await this.one(tenant, id);
    await this.exclusions.remove(tenant, id);
  }
}

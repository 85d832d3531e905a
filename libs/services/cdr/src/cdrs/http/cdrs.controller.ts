import { Controller, Get, Param, Query } from '@nestjs/common';
import { CsmsError, MAX_STATION_LENGTH, REVIEW_STATES, cdrSchema, type Cdr } from '@voltbus/contracts';
import {
  ApiZodResumableList,
  ApiZodResponse,
  Tenant,
  instant,
  isUuid,
  pageQueryOf,
  readPage,
  text,
  timeAndId,
  zodQuery,
  type Page,
  type ResumablePage,
  type Slice,
} from '@voltbus/http';
import { z } from 'zod';
import { TypeormCdrs } from '../store/typeorm-cdrs';
import { TypeormIssuedCdrs } from '../store/typeorm-issued-cdrs';
import { isByIssue, issueQuery, pageByIssue } from './issue-order';

const listQuerySchema = z.object({
  station: text.max(MAX_STATION_LENGTH).optional(),
  transaction: z.guid().optional(),
  from: instant.optional().describe('Session started then or later'),
  to: instant.optional().describe('Session started before'),
  review: z
    .enum(REVIEW_STATES)
    .optional()
    .describe(
      'Only those whose review is in this state. Left out: what was issued, as on `csms.cdrs.v1`; `held`: what waits for an operator',
    ),
  ...issueQuery,
  ...pageQueryOf(timeAndId).shape,
});

@Controller('v1/cdrs')
export class CdrsController {
  constructor(
    private readonly cdrs: TypeormCdrs,
    private readonly issued: TypeormIssuedCdrs,
  ) {}

  @Get()
  @ApiZodResumableList(listQuerySchema, cdrSchema)
  async list(
    @Tenant() tenant: string,
    @Query(zodQuery(listQuerySchema)) { limit, cursor, ...filter }: z.output<typeof listQuerySchema>,
  ): Promise<Page<Cdr> | ResumablePage<Cdr>> {
    if (isByIssue(filter)) return pageByIssue(this.issued, tenant, filter, { limit, cursor });
    const read = (slice: Slice<[string, string]>) => this.cdrs.page(tenant, filter, slice);
    return readPage({ limit, cursor }, read, ({ startedAt, id }) => [startedAt, id]);
  }

  @Get(':id')
  @ApiZodResponse(200, cdrSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<Cdr> {
    const cdr = isUuid(id) ? await this.cdrs.find(tenant, id) : null;
    if (cdr === null) throw new CsmsError('not-found', 'no such CDR');
    return cdr;
  }
}

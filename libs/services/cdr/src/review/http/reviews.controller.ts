import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError, cdrSchema, type Cdr } from '@voltbus/contracts';
import { ApiZodBody, ApiZodResponse, Audited, Actor, Needs, reason, Tenant, zodBody } from '@voltbus/http';
import { z } from 'zod';
import { OF_CDR, TypeormCdrs } from '../../cdrs';
import { Reviews } from '../reviews';

const decisionSchema = z
  .strictObject({
    reason: reason.describe('Why; it is kept and shown with the CDR, also on the topic'),
  })
  .meta({ id: 'CdrReviewDecision', description: 'A decision about a held CDR' });

/** For the audit log: the CDR before the decision. */
const AUDITED = Audited<ReviewsController>({ view: (controller, { tenant, params: { id = '' } }) => controller.shown(tenant, id) });

/** Decisions about money. */
@Controller('v1/cdrs')
export class ReviewsController {
  constructor(
    private readonly reviews: Reviews,
    readonly cdrs: TypeormCdrs,
  ) {}

  @AUDITED
  @Post(':id/release')
  @Needs('cdrs:decide', OF_CDR)
  @ApiOperation({ summary: 'Charge a held CDR as it is' })
  @HttpCode(200)
  @ApiZodBody(decisionSchema)
  @ApiZodResponse(200, cdrSchema, 'The charge. Where another stood, it has been credited')
  release(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Actor() actor: string,
    @Body(zodBody(decisionSchema)) { reason }: z.output<typeof decisionSchema>,
  ): Promise<Cdr> {
    return this.reviews.release(tenant, idOf(id), { by: actor, reason });
  }

  @AUDITED
  @Post(':id/waive')
  @Needs('cdrs:decide', OF_CDR)
  @ApiOperation({ summary: 'Do not charge a held CDR, or credit a charge' })
  @HttpCode(200)
  @ApiZodBody(decisionSchema)
  @ApiZodResponse(200, cdrSchema, 'The held CDR, waived; of a charge, its credit')
  waive(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Actor() actor: string,
    @Body(zodBody(decisionSchema)) { reason }: z.output<typeof decisionSchema>,
  ): Promise<Cdr> {
    return this.reviews.waive(tenant, idOf(id), { by: actor, reason });
  }

  shown(tenant: string, id: string): Promise<Cdr | null> {
    return this.cdrs.find(tenant, idOf(id));
  }
}

function idOf(id: string): string {
  if (!z.guid().safeParse(id).success) throw new CsmsError('not-found', 'no such CDR');
  return id.toLowerCase();
}

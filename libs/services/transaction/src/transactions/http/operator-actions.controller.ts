import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError, billedTransactionSchema, transactionSchema, type BilledTransaction, type Transaction } from '@voltbus/contracts';
import {
  ApiZodBody,
  ApiZodResponse,
  Audited,
  instant,
  Actor,
  Needs,
  pageSchemaOf,
  reason,
  Tenant,
  TRANSACTION_BILLS,
  zodBody,
  type TransactionBills,
} from '@voltbus/http';
import { z } from 'zod';
import { OF_TRANSACTION } from './of-transaction';
import { MAX_REGISTER_WH } from '../../metering';
import { RUNNING_COSTS, withBill, type RunningCosts } from './billed-transactions';
import { OperatorActions } from '../operator-actions';
import { TypeormOperatorActions } from '../store/typeorm-operator-actions';
import { TypeormTransactionViews } from '../store/typeorm-transaction-views';

/** No session charges more: a ship, over a night. */
const MAX_ENERGY_WH = 100_000_000;

const why = reason.describe('Why; it is kept and shown with who it was');
const endSchema = z
  .strictObject({
    endedAt: instant.describe('Not before its start, not in the future'),
    meterStopWh: z.int().min(0).max(MAX_REGISTER_WH).optional().describe('The register at the end. Left out: from the readings until then'),
    reason: why,
  })
  .meta({ id: 'TransactionEnd', description: 'The end of a session that its station never stopped' });
const correctSchema = z
  .strictObject({
    startedAt: instant.optional(),
    endedAt: instant.optional(),
    energyWh: z
      .int()
      .min(0)
      .max(MAX_ENERGY_WH)
      .nullable()
      .optional()
      .describe('Billed instead of the metered energy. null: as metered again'),
    reason: why,
  })
  .refine(({ startedAt, endedAt, energyWh }) => [startedAt, endedAt, energyWh].some((one) => one !== undefined), 'corrects nothing')
  .meta({
    id: 'TransactionCorrection',
    description: 'What to correct of a session; at least one member beside the reason',
    minProperties: 2,
  });
const actionSchema = z
  .object({
    action: z.enum(['end', 'correct']).describe('What was done'),
    by: z.string().describe('The id of an API key, or `administrator`'),
    at: z.iso.datetime(),
    reason: z.string(),
    before: transactionSchema.describe('The transaction before'),
    after: transactionSchema.describe('The transaction after'),
  })
  .meta({ id: 'OperatorAction', description: 'What an operator did to a transaction by hand' });

/** For the audit log: the transaction before it was changed. */
const AUDITED = Audited<OperatorActionsController>({ view: (controller, { tenant, params: { id = '' } }) => controller.shown(tenant, id) });

/** What operators do to transactions by hand; bills change. */
@Controller('v1/transactions')
export class OperatorActionsController {
  constructor(
    private readonly actions: OperatorActions,
    readonly views: TypeormTransactionViews,
    private readonly stored: TypeormOperatorActions,
    @Inject(TRANSACTION_BILLS) readonly bills: TransactionBills,
    @Inject(RUNNING_COSTS) readonly costs: RunningCosts,
  ) {}

  @AUDITED
  @Post(':id/end')
  @Needs('transactions:correct', OF_TRANSACTION)
  @ApiOperation({ summary: 'End a session that its station never stopped. The station is not informed' })
  @HttpCode(200)
  @ApiZodBody(endSchema)
  @ApiZodResponse(200, billedTransactionSchema)
  async end(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Actor() actor: string,
    @Body(zodBody(endSchema)) { endedAt, meterStopWh, reason }: z.output<typeof endSchema>,
  ): Promise<BilledTransaction> {
    const asked = { endedAt: Date.parse(endedAt), meterStopWh: meterStopWh ?? null };
    return withBill(this, await this.actions.end(tenant, idOf(id), asked, { by: actor, reason }));
  }

  @AUDITED
  @Post(':id/correct')
  @Needs('transactions:correct', OF_TRANSACTION)
  @ApiOperation({ summary: 'Correct the energy or the times of a session that has ended: its charge is credited and made anew' })
  @HttpCode(200)
  @ApiZodBody(correctSchema)
  @ApiZodResponse(200, billedTransactionSchema)
  async correct(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Actor() actor: string,
    @Body(zodBody(correctSchema)) { startedAt, endedAt, energyWh, reason }: z.output<typeof correctSchema>,
  ): Promise<BilledTransaction> {
    const asked = {
      ...(startedAt === undefined ? {} : { startedAt: Date.parse(startedAt) }),
      ...(endedAt === undefined ? {} : { endedAt: Date.parse(endedAt) }),
      ...(energyWh === undefined ? {} : { energyWh }),
    };
    return withBill(this, await this.actions.correct(tenant, idOf(id), asked, { by: actor, reason }));
  }

  shown(tenant: string, id: string): Promise<Transaction | null> {
    return this.views.find(tenant, idOf(id));
  }

  @Get(':id/operator-actions')
  @Needs('transactions:read', OF_TRANSACTION)
  @ApiOperation({ summary: 'What operators did to a transaction by hand, oldest first: who, when, why, and what it changed' })
  @ApiZodResponse(200, pageSchemaOf(actionSchema))
  async list(@Tenant() tenant: string, @Param('id') id: string): Promise<{ items: z.input<typeof actionSchema>[]; nextCursor: null }> {
    if ((await this.views.find(tenant, idOf(id))) === null) throw new CsmsError('not-found', 'no such transaction');
    const actions = await this.stored.of(tenant, idOf(id));
    return {
      items: actions.map(({ action, by, at, reason, before, after }) => ({ action, by, at, reason, before, after })),
      nextCursor: null,
    };
  }
}

function idOf(id: string): string {
  if (!z.guid().safeParse(id).success) throw new CsmsError('not-found', 'no such transaction');
  return id.toLowerCase();
}

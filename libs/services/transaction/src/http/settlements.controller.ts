import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError } from '@voltbus/contracts';
import { ApiZodQuery, ApiZodResponse, Tenant, page, pageQuerySchema, zodQuery, type Page, text } from '@voltbus/http';
import { z } from 'zod';
import { SETTLEMENT_STATUSES, type Settlement, type SettlementPlace } from '../payment/typeorm-settlements';
import type { Service } from '../wiring';
import { TRANSACTION_SERVICE } from './injection';

const instant = z.iso.datetime({ offset: true });
const querySchema = pageQuerySchema.extend({
  station: text.optional(),
  transaction: z.guid().optional(),
  status: z.enum(SETTLEMENT_STATUSES).optional(),
  from: instant.optional().describe('Settled then or later'),
  to: instant.optional().describe('Settled before'),
});
const settlementSchema = z.object({
  at: z.iso.datetime(),
  station: z.string(),
  pspRef: z.string().describe('The reference of the payment service provider'),
  status: z.enum(SETTLEMENT_STATUSES).describe('`Failed` and `Rejected`: it was not paid'),
  amount: z.string(),
  transaction: z.uuid().nullable(),
  ocppTransactionId: z.string().nullable(),
  statusInfo: z.string().nullable(),
  receiptId: z.string().nullable(),
  receiptUrl: z.string().nullable(),
  vatNumber: z.string().nullable(),
  vatCompany: z.unknown(),
});
const cursorSchema = z.tuple([z.iso.datetime(), text, text, text]);

/** Payments made at stations. */
@Controller('v1/settlements')
export class SettlementsController {
  constructor(@Inject(TRANSACTION_SERVICE) private readonly service: Service) {}

  @Get()
  @ApiOperation({ summary: 'What stations of OCPP 2.1 say of payments made at them, newest first' })
  @ApiZodQuery(querySchema)
  @ApiZodResponse(200, z.object({ items: z.array(settlementSchema), nextCursor: z.string().nullable() }))
  async list(
    @Tenant() tenant: string,
    @Query(zodQuery(querySchema)) { limit, cursor, ...filter }: z.output<typeof querySchema>,
  ): Promise<Page<Settlement>> {
    const after = cursor === undefined ? null : placeOf(cursor);
    const settlements = await this.service.settlements.page(tenant, filter, { limit: limit + 1, after });
    return page(settlements, limit, ({ at, station, pspRef, status }) => JSON.stringify([at, station, pspRef, status]));
  }
}

function placeOf(cursor: string): SettlementPlace {
  try {
    return cursorSchema.parse(JSON.parse(cursor));
  } catch (cause) {
    throw new CsmsError('bad-request', 'no cursor of this list', {}, { cause });
  }
}

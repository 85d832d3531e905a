import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { MAX_STATION_LENGTH } from '@voltbus/contracts';
import { ApiZodList, Tenant, instant, pageQueryOf, readPage, text, zodQuery, type Page, type Slice } from '@voltbus/http';
import { z } from 'zod';
import { SETTLEMENT_STATUSES, TypeormSettlements, type Settlement, type SettlementPlace } from '../store/typeorm-settlements';

/** Where a page ended. */
const position = z.tuple([z.iso.datetime(), text, text, text]) satisfies z.ZodType<SettlementPlace>;
const statusSchema = z.enum(SETTLEMENT_STATUSES).meta({ id: 'SettlementStatus', description: 'How a payment ended' });
const querySchema = pageQueryOf(position).extend({
  station: text.max(MAX_STATION_LENGTH).optional(),
  transaction: z.guid().optional(),
  status: statusSchema.optional(),
  from: instant.optional().describe('Settled then or later'),
  to: instant.optional().describe('Settled before'),
});
const settlementSchema = z
  .object({
    at: z.iso.datetime(),
    station: z.string(),
    pspRef: z.string().describe('The reference of the payment service provider'),
    status: statusSchema.describe('`Failed` and `Rejected`: it was not paid'),
    amount: z.string().describe('Decimal string, as the station reported it'),
    transaction: z.uuid().nullable(),
    ocppTransactionId: z.string().nullable(),
    statusInfo: z.string().nullable().describe('More about the status, as the station reported it'),
    receiptId: z.string().nullable().describe('Id of the receipt'),
    receiptUrl: z.string().nullable().describe('Address of the receipt'),
    vatNumber: z.string().nullable().describe('VAT number of who paid'),
    vatCompany: z.unknown().describe('AddressType of OCPP 2.1 of the company with that number; null: none'),
  })
  .meta({ id: 'Settlement', description: 'A payment made at a station' });

/** Payments made at stations. */
@Controller('v1/settlements')
export class SettlementsController {
  constructor(private readonly settlements: TypeormSettlements) {}

  @Get()
  @ApiOperation({ summary: 'Payments that stations of OCPP 2.1 have reported, newest first' })
  @ApiZodList(querySchema, settlementSchema)
  async list(
    @Tenant() tenant: string,
    @Query(zodQuery(querySchema)) { limit, cursor, ...filter }: z.output<typeof querySchema>,
  ): Promise<Page<Settlement>> {
    const read = (slice: Slice<z.output<typeof position>>) => this.settlements.page(tenant, filter, slice);
    return readPage({ limit, cursor }, read, ({ at, station, pspRef, status }) => [at, station, pspRef, status]);
  }
}

import { MAX_STATION_LENGTH } from '@voltbus/contracts';
import { anyOf, defineList, instant, oneOf, text } from '@voltbus/http';
import { z } from 'zod';
import { SETTLEMENT_STATUSES } from '../store/typeorm-settlement-list';

const statusSchema = z.enum(SETTLEMENT_STATUSES).meta({ id: 'SettlementStatus', description: 'How a payment ended' });
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

/** `GET /v1/settlements`. */
export const settlementList = defineList({
  item: settlementSchema,
  keys: ['at', 'station', 'pspRef', 'status'],
  filters: {
    station: anyOf(text.max(MAX_STATION_LENGTH)).optional(),
    transaction: anyOf(z.guid()).optional(),
    status: oneOf(SETTLEMENT_STATUSES).optional(),
    pspRef: anyOf(text.max(255)).optional().describe('The reference of the payment service provider'),
    from: instant.optional().describe('Settled then or later'),
    to: instant.optional().describe('Settled before'),
  },
  sorts: ['at', 'station'],
  defaultSort: '-at',
});

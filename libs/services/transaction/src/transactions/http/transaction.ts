import { z } from 'zod';
import { limitSchema } from '../../limits';

/** `GET /v1/transactions/{id}/station-cost`. */
export const stationCostSchema = z.object({
  at: z.iso.datetime().describe('When the station reported it, by its clock'),
  costDetails: z.record(z.string(), z.unknown()).describe('CostDetailsType of OCPP 2.1, as the station reported it'),
});

/** `GET /v1/transactions/{id}/limit`. */
export const transactionLimitSchema = z.object({
  limit: limitSchema.nullable().describe('Of the token and the remote start; null: none'),
  station: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('TransactionLimitType of OCPP 2.1, as the station last reported it; null: none'),
});
export type TransactionLimitView = z.output<typeof transactionLimitSchema>;

export const meterValueSchema = z.object({
  at: z.iso.datetime(),
  context: z.string(),
  evse: z.int().nullable(),
  energyWh: z.number().nullable(),
  powerW: z.number().nullable(),
  voltages: z.array(z.number().nullable()),
  currents: z.array(z.number().nullable()),
  soc: z.number().nullable(),
  other: z.record(z.string(), z.unknown()),
  signedData: z.record(z.string(), z.unknown()),
  rawTime: z.string().nullable().describe('The time as the station wrote it, when it could not be believed'),
});

import { z } from 'zod';
import { limitSchema } from '../../limits';

/** `GET /v1/transactions/{id}/station-cost`. */
export const stationCostSchema = z
  .object({
    at: z.iso.datetime().describe('When the station reported it, by its clock'),
    costDetails: z.record(z.string(), z.unknown()).describe('CostDetailsType of OCPP 2.1, as the station reported it'),
  })
  .meta({ id: 'StationCost', description: 'What the station itself says a session cost (OCPP 2.1)' });

/** `GET /v1/transactions/{id}/limit`. */
export const transactionLimitSchema = z
  .object({
    limit: limitSchema.nullable().describe('Of the token and the remote start; null: none'),
    station: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('TransactionLimitType of OCPP 2.1, as the station last reported it; null: none'),
  })
  .meta({ id: 'TransactionLimit', description: 'How far a session may go' });
export type TransactionLimitView = z.output<typeof transactionLimitSchema>;

export const meterValueSchema = z
  .object({
    at: z.iso.datetime(),
    context: z.string().describe('Reading context of OCPP, such as `Sample.Periodic`'),
    evse: z.int().nullable(),
    energyWh: z.number().nullable().describe('Register of the meter in Wh; null: not in the reading'),
    powerW: z.number().nullable().describe('Power in W'),
    voltages: z.array(z.number().nullable()).describe('Voltages of the phases in V'),
    currents: z.array(z.number().nullable()).describe('Currents of the phases in A'),
    soc: z.number().nullable().describe('State of charge of the battery in percent'),
    other: z.record(z.string(), z.unknown()).describe('Other measurands, by their OCPP names'),
    signedData: z.record(z.string(), z.unknown()).describe('What the station signed, as it sent it'),
    rawTime: z.string().nullable().describe('The time as the station wrote it, when it could not be believed'),
  })
  .meta({ id: 'MeterValue', description: 'A reading of the meter' });

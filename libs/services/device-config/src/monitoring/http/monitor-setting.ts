import { text } from '@voltbus/http';
import { z } from 'zod';
import { PLACE_FAULT, hasWholePlace, requestedNameMembers } from '../../device-model';
import { MONITOR_RESULTS } from '../domain/monitor-setting';
import { MAX_INTERVAL, MAX_ITEMS, MAX_VALUES } from '../limits';
import type { MonitorOutcome } from '../monitor-settings';
import { monitoringSchema } from './monitor';

const TYPES = [
  'UpperThreshold',
  'LowerThreshold',
  'Delta',
  'Periodic',
  'PeriodicClockAligned',
  'TargetDelta',
  'TargetDeltaRelative',
] as const;
const BASES = ['All', 'FactoryDefault', 'HardWiredOnly'] as const;
const wait = z.int().min(1).max(60).default(30).describe('Seconds to wait for the answers of the station');
const severity = z.int().min(0).max(9);
const { componentInstance, evse, connector, variableInstance } = requestedNameMembers;

const streamSchema = z
  .strictObject({
    interval: z.int().min(0).max(MAX_INTERVAL).nullable().default(null).describe('Seconds after which values are sent; null: not by time'),
    values: z.int().min(1).max(MAX_VALUES).nullable().default(null).describe('Values after which they are sent; null: not by number'),
  })
  .refine((stream) => stream.interval !== null || stream.values !== null, 'gives nothing: give interval or values')
  .meta({ id: 'PeriodicEventStreamParameters', description: 'How often the values of a stream are sent (N11)' });

const monitorSchema = z
  .strictObject({
    id: z
      .int()
      .min(0)
      .max(2 ** 31 - 2)
      .nullable()
      .default(null)
      .describe('Of the monitor that it takes the place of; null: it is a new one'),
    component: text.trim().min(1).max(50).describe('Component of 2.x'),
    ...{ componentInstance, evse, connector },
    variable: text.trim().min(1).max(50).describe('Variable of 2.x'),
    variableInstance,
    type: z.enum(TYPES).describe('`TargetDelta` and `TargetDeltaRelative` are of 2.1'),
    value: z.number().describe('Threshold or difference in the unit of the variable, or seconds'),
    severity: severity.describe('0 (danger) to 9 (debug)'),
    transaction: z.boolean().default(false).describe('Whether it is active during transactions only'),
    stream: streamSchema.nullable().default(null).describe('Of 2.1: values come in a stream; null: each alone'),
  })
  .refine(hasWholePlace, PLACE_FAULT)
  .meta({ id: 'RequestedMonitor', description: 'A monitor that a variable shall have' });

/** `POST /v1/stations/{station}/monitors`. */
export const setMonitorsSchema = z
  .strictObject({ monitors: z.array(monitorSchema).min(1).max(MAX_ITEMS).describe('What is to be monitored'), wait })
  .meta({ id: 'MonitorsSet', description: 'Monitors that a station shall have' });

/** `POST /v1/stations/{station}/monitors/clear`. */
export const clearMonitorsSchema = z
  .strictObject({
    ids: z
      .array(
        z
          .int()
          .min(0)
          .max(2 ** 31 - 2),
      )
      .min(1)
      .max(MAX_ITEMS)
      .refine((ids) => new Set(ids).size === ids.length, 'has one twice')
      .describe('As the station numbers them'),
    wait,
  })
  .meta({ id: 'MonitorsClear', description: 'Monitors that a station shall not have any more' });

/** `PATCH /v1/stations/{station}/monitoring`. */
export const setMonitoringSchema = z
  .strictObject({
    base: z.enum(BASES).optional().describe('Which monitors are active; another base removes those that were set'),
    level: severity.optional().describe('Events with a higher severity number are not reported'),
    wait,
  })
  .refine(({ base, level }) => base !== undefined || level !== undefined, 'changes nothing: give base or level')
  .meta({ id: 'StationMonitoringPatch', description: 'Which events a station shall report' });

const outcomeSchema = z
  .object({
    result: z
      .enum(MONITOR_RESULTS)
      .describe(
        '`refused`: it was not sent; `info` says why. `offline`, `not-sent`: the station was not reached, or the time was over. `pending`: sent, not yet answered. `not-answered`: no answer, or none about this. The others are the answers of the station',
      ),
    id: z.int().nullable().describe('As the station numbers the monitor; null: it did not tell'),
    command: z.uuid().nullable().describe('The command that carried it; null: none was sent'),
    info: z.string().nullable().describe('More about the result, for a person'),
  })
  .meta({ id: 'MonitorResult', description: 'What came of one monitor' });

export const monitorResultsSchema = z
  .object({ results: z.array(outcomeSchema).max(MAX_ITEMS).describe('In the order of the request') })
  .meta({ id: 'MonitorResults', description: 'What came of each monitor' });

export const monitoringResultSchema = z
  .object({
    base: outcomeSchema.nullable().describe('What came of the base; null: it was not asked for'),
    level: outcomeSchema.nullable().describe('What came of the level; null: it was not asked for'),
    monitoring: monitoringSchema.describe('As it is now known'),
  })
  .meta({ id: 'StationMonitoringResult', description: 'What came of a change of what a station reports' });

export function resultsView(results: readonly MonitorOutcome[]): z.output<typeof monitorResultsSchema> {
  return { results: results.map((one) => ({ ...one })) };
}

import { anyOf, defineList, text, wholeNumber } from '@voltbus/http';
import { z } from 'zod';
import type { Monitoring } from '../domain/monitor';
import type { MonitorRow } from '../store/typeorm-monitoring';

export const monitorSchema = z
  .object({
    id: z.int().describe('Of the station; events name it. It may change with a boot'),
    component: z.string().describe('Component of 2.x'),
    componentInstance: z.string().nullable().describe('Instance of the component; null: it has none'),
    evse: z.int().nullable().describe('Null: of the station'),
    connector: z.int().nullable().describe('Connector of the EVSE; null: of none'),
    variable: z.string().describe('Variable of 2.x'),
    variableInstance: z.string().nullable().describe('Instance of the variable; null: it has none'),
    type: z.string().describe('`UpperThreshold`, `LowerThreshold`, `Delta`, `Periodic`, `PeriodicClockAligned`, and more in 2.1'),
    value: z.number().describe('Threshold or difference in the unit of the variable, or seconds'),
    severity: z.int().describe('0 (danger) to 9 (debug)'),
    transaction: z.boolean().describe('Whether it is active during transactions only'),
    kind: z.string().nullable().describe('`HardWiredMonitor`, `PreconfiguredMonitor` or `CustomMonitor`; null: 2.0.1 does not tell'),
    reportedAt: z.iso.datetime().describe('When the station last reported it, or accepted it'),
    reportedBeforeBoot: z.boolean().describe('Whether the station has booted since: it may have another id now'),
  })
  .meta({ id: 'Monitor', description: 'A monitor of a variable' });

/** `GET /v1/stations/{station}/monitors`. */
export const monitorList = defineList({
  item: monitorSchema,
  keys: ['id'],
  filters: {
    component: anyOf(text.max(100)).optional().describe('Without regard to case'),
    variable: anyOf(text.max(100)).optional().describe('Without regard to case'),
    type: anyOf(text.max(50)).optional().describe('As it is spelt'),
    severity: wholeNumber(0, 9).optional().describe('At most this number: the lower, the more severe'),
  },
  sorts: ['id'],
  defaultSort: 'id',
});

const reportSchema = z
  .object({
    requestId: z.int().describe('Number of the request'),
    ofAll: z.boolean().describe('Whether all monitors were asked for'),
    outcome: z.string().nullable().describe('The answer of the station to the request, or how the command ended; null: not known'),
    parts: z.int().describe('Parts that are there'),
    monitors: z.int().describe('Monitors in them'),
    requestedAt: z.iso.datetime().nullable().describe('Null: nobody here is known to have asked for it'),
    completedAt: z.iso.datetime().nullable().describe('When the last of its parts was received; null: parts are missing'),
  })
  .meta({ id: 'MonitoringReport', description: 'A report of a station about its monitors' });

export const monitoringSchema = z
  .object({
    station: z.string().describe('Of which station'),
    base: z.string().nullable().describe('`All`, `FactoryDefault` or `HardWiredOnly`; null: nobody has set it'),
    level: z.int().nullable().describe('Events with a higher severity number are not reported; null: nobody has set it'),
    report: reportSchema.nullable().describe('The last one; null: none'),
  })
  .meta({ id: 'StationMonitoring', description: 'Which events a station reports' });

export const refreshSchema = z
  .strictObject({ wait: z.int().min(1).max(60).default(30).describe('Seconds to wait for the answer of the station') })
  .meta({ id: 'MonitorsRefresh', description: 'How a report of all monitors is requested' });

export function monitorView({ body, reportedAt, bootedAt }: MonitorRow): z.output<typeof monitorSchema> {
  return { ...body, reportedAt: reportedAt.toISOString(), reportedBeforeBoot: bootedAt !== null && bootedAt > reportedAt };
}

export function monitoringView(station: string, { base, level, report }: Monitoring): z.output<typeof monitoringSchema> {
  if (report === null) return { station, base, level, report: null };
  const { requestId, isOfAll, outcome, received, monitors, requestedAt, completedAt } = report;
  const at = (time: number | null) => (time === null ? null : new Date(time).toISOString());
  const parts = received.reduce((sum, [from, to]) => sum + to - from + 1, 0);
  const shown = { requestId, ofAll: isOfAll, outcome, parts, monitors, requestedAt: at(requestedAt), completedAt: at(completedAt) };
  return { station, base, level, report: shown };
}

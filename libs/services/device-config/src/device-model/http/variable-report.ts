import { z } from 'zod';
import { REPORT_STATES, countParts, missingParts, reportState, type PartRanges } from '../domain/report';
import { text } from '@voltbus/http';
import { MAX_ITEMS, MAX_REPORTS } from '../limits';
import { BASE_REPORTS, REPORT_CRITERIA } from '../report-requests';
import { PLACE_FAULT, hasWholePlace, requestedNameMembers } from './variable';
import type { StoredReport } from '../store/typeorm-reports';

/** Gaps that are shown of a report. */
const MAX_SHOWN_GAPS = 100;

const rangeSchema = z
  .object({ from: z.int().describe('The first part'), to: z.int().describe('Included') })
  .meta({ id: 'PartRange', description: 'Parts of a report, by `seqNo`' });

export const reportSchema = z
  .object({
    id: z.uuid().describe('Id of the command that requested it, where one is known'),
    requestId: z.int().nullable().describe('Of OCPP 2.x; null in 1.6'),
    kind: z
      .string()
      .nullable()
      .describe('`FullInventory` and the like, `GetReport` or `GetConfiguration`; null: not known to have been requested'),
    requestedBy: z
      .string()
      .nullable()
      .describe('Id of an API key, `<issuer>:<subject>` of an access token, `administrator`, or `automatic`; null: not known'),
    requestedAt: z.iso.datetime().nullable().describe('Null: it is not known to have been requested'),
    state: z
      .enum(REPORT_STATES)
      .describe(
        '`incomplete`: parts are missing and none came for ten minutes. `empty`: there is nothing to report. `refused`: by the station. `failed`: the request did not reach it, or was not answered',
      ),
    outcome: z.string().nullable().describe('The status in the answer of the station, or how the command ended; null: not known yet'),
    parts: z.int().describe('Parts that are there'),
    missing: z
      .array(rangeSchema)
      .describe(`Parts that are missing between and before those that are there; the first ${MAX_SHOWN_GAPS} gaps`),
    generatedAt: z.iso.datetime().nullable().describe('When its station wrote the latest part'),
    begunAt: z.iso.datetime().describe('When it was requested, or its first part was received'),
    completedAt: z.iso.datetime().nullable().describe('When the last of its parts was received'),
    variables: z.int().describe('Variables in the parts that are there'),
    notKept: z.int().describe('Of these, such as were not kept: the station has too many, or names that are too long'),
  })
  .meta({ id: 'VariableReport', description: 'A report of a station about its variables' });

export const refreshSchema = z
  .strictObject({
    report: z
      .enum(BASE_REPORTS)
      .default('FullInventory')
      .describe('Of stations of 2.x: which base report. A station of 1.6 shows all its keys'),
  })
  .meta({ id: 'VariablesRefresh', description: 'Which report to request' });

const namedSchema = z
  .strictObject({
    component: text.trim().min(1).max(50).describe('Component of 2.x'),
    componentInstance: requestedNameMembers.componentInstance,
    evse: requestedNameMembers.evse,
    connector: requestedNameMembers.connector,
    variable: text.trim().min(1).max(50).optional().describe('Variable of 2.x; left out: all of the component'),
    variableInstance: requestedNameMembers.variableInstance,
  })
  .refine(hasWholePlace, PLACE_FAULT)
  .refine(({ variable, variableInstance }) => variable !== undefined || variableInstance === undefined, 'names an instance of no variable')
  .meta({ id: 'ReportedComponent', description: 'A component, or one of its variables' });

/** `POST /v1/stations/{station}/variable-reports`. */
export const customReportSchema = z
  .strictObject({
    criteria: z
      .array(z.enum(REPORT_CRITERIA))
      .max(REPORT_CRITERIA.length)
      .refine((all) => new Set(all).size === all.length, 'has one twice')
      .default([])
      .describe('Components that are so; with `variables`: those of the named that are so'),
    variables: z.array(namedSchema).max(MAX_ITEMS).default([]).describe('Components and variables; empty: all that the criteria name'),
  })
  .refine(({ criteria, variables }) => criteria.length > 0 || variables.length > 0, 'asks for nothing: give criteria or variables')
  .meta({ id: 'VariableReportStart', description: 'What a station shall report of its variables (B08)' });

export const customReportsSchema = z
  .object({ reports: z.array(reportSchema).max(MAX_REPORTS).describe('One for each message that the station takes') })
  .meta({ id: 'VariableReportsStarted', description: 'Reports that were requested' });

export function reportView(stored: StoredReport, now: Date): z.output<typeof reportSchema> {
  const { id, requestId, kind, requestedBy, requestedAt, outcome, received, lastPart, generatedAt, begunAt, completedAt } = stored;
  return {
    ...{ id, requestId, kind, requestedBy, outcome },
    requestedAt: requestedAt?.toISOString() ?? null,
    state: reportState(stored, now),
    parts: countParts(received),
    missing: gapsOf(received, lastPart),
    generatedAt: generatedAt?.toISOString() ?? null,
    begunAt: begunAt.toISOString(),
    completedAt: completedAt?.toISOString() ?? null,
    variables: stored.variables,
    notKept: stored.notKept,
  };
}

function gapsOf(received: PartRanges, lastPart: number | null) {
  const gaps = missingParts(received, lastPart).slice(0, MAX_SHOWN_GAPS);
  return gaps.map(([from, to]) => ({ from, to }));
}

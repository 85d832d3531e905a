import { z } from 'zod';
import type { DisplayReport } from '../store/typeorm-display-unit';

export const displayReportSchema = z
  .object({
    station: z.string(),
    askedAt: z.iso.datetime().nullable().describe('When the station was last asked for all of its messages; null: never'),
    outcome: z.string().nullable().describe('Its answer (`Accepted`; `Unknown`: it has none), or how the command ended; null: not yet'),
    parts: z.int().describe('Messages of the list that have come'),
    completedAt: z.iso.datetime().nullable().describe('When the last part came; null: not yet'),
    notKept: z.int().describe('Messages on it that were too many to be kept'),
  })
  .meta({ id: 'DisplayReport', description: 'The last list of messages that a station was asked for' });

export function displayReportView(station: string, report: DisplayReport): z.output<typeof displayReportSchema> {
  const { askedAt, outcome, parts, completedAt, notKept } = report;
  return { station, askedAt: askedAt?.toISOString() ?? null, outcome, parts, completedAt: completedAt?.toISOString() ?? null, notKept };
}

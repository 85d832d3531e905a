import { IMPORT_KINDS, trueOrFalse } from '@voltbus/http';
import { z } from 'zod';
import { IMPORT_STATES, ITEM_OUTCOMES, type ImportJob, type ItemResult } from '../import-job';

const kindSchema = z.enum(IMPORT_KINDS).meta({ id: 'ImportKind', description: 'The kind of resource that is imported' });
const stateSchema = z.enum(IMPORT_STATES).meta({ id: 'ImportState', description: 'How far an import is' });
const outcomeSchema = z.enum(ITEM_OUTCOMES).meta({
  id: 'ImportOutcome',
  description:
    'created, replaced or unchanged, as its PUT did or would do; invalid: the item is wrong; conflict: it is refused because of what is there; skipped: not tried, because the import ended before',
});

const count = z.int().min(0);

export const importSchema = z
  .object({
    id: z.guid().describe('Id of the import'),
    kind: kindSchema.describe('What the items are'),
    dryRun: z.boolean().describe('Everything is checked and nothing is written'),
    onlyNew: z.boolean().describe('What is there and differs is not replaced'),
    state: stateSchema,
    total: count.describe('Items of the body'),
    created: count.describe('Items that made a resource'),
    replaced: count.describe('Items that changed a resource'),
    unchanged: count.describe('Items of which the resource was like that already'),
    failed: count.describe('Items with the outcome `invalid` or `conflict`'),
    skipped: count.describe('Items that were not tried, because the import ended before'),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable().describe('When its first item was tried; null: not yet'),
    endedAt: z.iso.datetime().nullable().describe('Null: it has not ended'),
  })
  .meta({ id: 'Import', description: 'A bulk import' });

const itemErrorSchema = z
  .object({
    path: z.string().describe('JSON pointer into the item; `/limit/maxEnergyWh` is the column `limit.maxEnergyWh`'),
    message: z.string().describe('What is wrong there, for a person'),
    allowed: z.array(z.unknown()).optional().describe('The values that are allowed there, where they are a list'),
  })
  .meta({ id: 'ImportItemError', description: 'One place of an item that is wrong' });

const itemProblemSchema = z
  .object({
    code: z.string().describe('The stable code of the problem that the PUT would be answered with'),
    detail: z.string().describe('What is wrong, for a person'),
    errors: z.array(itemErrorSchema).describe('The places that are wrong, where they are known'),
  })
  .meta({ id: 'ImportItemProblem', description: 'Why an item was refused' });

export const itemResultSchema = z
  .object({
    line: z.int().min(1).describe('Line of the body at which the item begins'),
    key: z.string().nullable().describe('Names the resource, as it was given; null: the item has no name'),
    outcome: outcomeSchema.describe('What became of the item'),
    problem: itemProblemSchema.nullable().describe('Null: it was not refused'),
  })
  .meta({ id: 'ImportResult', description: 'What became of one item of an import' });

export const startSchema = z.object({
  kind: kindSchema.describe('What the items are'),
  dryRun: trueOrFalse.optional().describe('Checks everything and writes nothing. Default: false'),
  onlyNew: trueOrFalse.optional().describe('Refuses, as a conflict, to replace what is there and differs. Default: false'),
});

export function importView({ tenant: _tenant, number: _number, ...job }: ImportJob): z.output<typeof importSchema> {
  const { createdAt, startedAt, endedAt } = job;
  return {
    ...job,
    createdAt: createdAt.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
  };
}

export function itemResultView({ line, key, outcome, problem }: ItemResult): z.output<typeof itemResultSchema> {
  const shown = problem === null ? null : { ...problem, errors: [...(problem.errors ?? [])] };
  return { line, key, outcome: outcome ?? 'skipped', problem: shown };
}

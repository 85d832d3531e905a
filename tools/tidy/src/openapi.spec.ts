import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './sources';

interface Description {
  paths: Record<string, Record<string, Record<string, unknown>>>;
}

const DESCRIPTION = join(ROOT, 'docs/reference/openapi.json');
const folder = mkdtempSync(join(tmpdir(), 'voltbus-openapi-'));
afterAll(() => rmSync(folder, { recursive: true }));

function lint(change: (description: Description) => void): { status: number | null; stdout: string } {
  const description = JSON.parse(readFileSync(DESCRIPTION, 'utf8')) as Description; // linted below
  change(description);
  const file = join(folder, 'openapi.json');
  writeFileSync(file, JSON.stringify(description));
  return spawnSync(process.execPath, [join(ROOT, 'tools/run/lint-openapi.cjs'), file], { encoding: 'utf8' });
}

describe('the description of the API', () => {
  it('has nothing to object to', () => {
    expect(lint(() => undefined)).toMatchObject({ status: 0, stdout: '' });
  });

  it.each<[string, keyof typeof CHANGES]>([
    ['operation-summary', 'summary'],
    ['operation-operationId', 'operationId'],
    ['operation-4xx-response', 'responses'],
    ['security-defined', 'security'],
  ])('is objected to by %s when an operation lacks it', (rule, what) => {
    const { status, stdout } = lint(CHANGES[what]);
    expect([status, stdout]).toEqual([1, expect.stringContaining(rule)]);
  });
});

const CHANGES = {
  summary: without('summary'),
  operationId: without('operationId'),
  responses: changed('responses', { '200': { description: 'fine' } }),
  security: changed('security', [{ nobodysScheme: [] }]),
} as const;

function without(member: string) {
  return ({ paths }: Description): void => void delete paths['/v1/stations']?.['get']?.[member];
}

function changed(member: string, value: unknown) {
  return ({ paths }: Description): void => {
    const operation = paths['/v1/stations']?.['get'];
    if (operation !== undefined) operation[member] = value;
  };
}

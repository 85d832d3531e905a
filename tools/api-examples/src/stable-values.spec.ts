import { StableValues } from './stable-values';

const BEGAN = new Date('2026-11-29T21:00:00.250Z');
const stable = () => new StableValues(BEGAN, new Map([['127.0.0.1:1234', 'receiver.example']]));
const [ONE, OTHER] = ['65ab0e9a-4edf-5c23-8eca-675235240aeb', '59d859b0-64c7-59af-8b8d-d278ff8c8fea'];

describe('what is shown of a recorded value', () => {
  it('is the same for another run: ids by their order, times by what has passed since the beginning', () => {
    const run = (first: string, second: string, began: Date) =>
      new StableValues(began, new Map()).of({
        id: first,
        path: `/v1/cdrs/${second}`,
        again: [first],
        startedAt: new Date(began.getTime() - 3_600_000).toISOString(),
      });
    const shown = run(ONE, OTHER, BEGAN);
    expect(run(OTHER, ONE, new Date('2027-01-01T00:00:00.999Z'))).toEqual(shown);
    const { id, path, again, startedAt } = shown as Record<string, unknown>;
    expect([startedAt, again]).toEqual(['2026-03-02T09:00:00.000Z', [id]]);
    expect(path).not.toBe(`/v1/cdrs/${String(id)}`);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('has no key, secret, ticket or cursor of the system, wherever it stands', () => {
    const secrets = {
      text: `use vbk_0123456789abcdef_${'k'.repeat(43)}_${'s'.repeat(16)}`,
      secret: `whsec_${'A'.repeat(32)}`,
      ticket: 'signed.ticket',
      nextCursor: 'signed.cursor',
    };
    const shown = JSON.stringify(stable().of({ items: [secrets] }));
    for (const part of ['kkk', 'sss', 'AAA', 'signed']) expect(shown).not.toContain(part);
  });

  it('keeps null, numbers and every other text', () => {
    const value = { nextCursor: null, energyWh: 18_400, flags: [], name: 'Depot, bay 7', latencyMs: null };
    expect(stable().of(value)).toEqual(value);
    expect(stable().of('http://127.0.0.1:1234/hook')).toBe('http://receiver.example/hook');
  });
});

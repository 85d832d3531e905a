import { valuesOf } from './values-table';

describe('the table of values', () => {
  it('has each commented value with its description and its default', () => {
    expect(valuesOf('# head\n\na:\n  # -- First\n  b: 1\n  # -- Second\n  c: {d: [x]}\n# -- Third\ne: ""\nf: {}\n')).toEqual([
      { path: 'a.b', defaultValue: '1', description: 'First' },
      { path: 'a.c', defaultValue: '{"d":["x"]}', description: 'Second' },
      { path: 'e', defaultValue: '""', description: 'Third' },
    ]);
  });

  it('refuses a value without a comment', () => expect(() => valuesOf('a:\n  b: 1\n')).toThrow('a.b has no comment'));
});

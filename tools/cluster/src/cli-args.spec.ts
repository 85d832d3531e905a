import { helpText } from '@voltbus/runtime';
import { CHECKS, SHORT } from './checks';
import { CLUSTER, readCliArgs } from './cli-args';

describe("the cluster's command line arguments", () => {
  it('run every check by default, in their order', () => {
    expect(readCliArgs(['test'])).toEqual({ name: 'test', checks: CHECKS.map(({ name }) => name), stations: 24, keep: false });
  });

  it('choose checks, which run in the same order', () => {
    expect(readCliArgs(['test', '--only', 'scale,matrix', '--stations', '40', '--keep'])).toEqual({
      name: 'test',
      checks: ['matrix', 'scale'],
      stations: 40,
      keep: true,
    });
    expect(readCliArgs(['test', '--short']).checks).toEqual(SHORT);
  });

  it.each([
    [[], 'nothing: one of up, test, down, status'],
    [['start'], 'start: one of up'],
    [['up', 'test'], 'up test: one of up'],
    [['test', '--only', 'scale,luck'], '--only luck is none of install, '],
    [['test', '--only', 'scale', '--short'], 'exclude each other'],
    [['test', '--stations', '2'], '--stations 2: a whole number from 3 to 200'],
    [['test', '--stations', 'many'], '--stations many'],
  ])('are refused when they are wrong: %j', (args, message) => {
    expect(() => readCliArgs(args)).toThrow(message);
  });

  it('are explained by the help, with every check', () => {
    const help = helpText(CLUSTER);
    for (const { name, about } of CHECKS) expect(help).toContain(`${name} `.padEnd(12) + about);
  });
});

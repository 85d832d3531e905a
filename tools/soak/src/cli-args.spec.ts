import { readCliArgs } from './cli-args';

describe('the words of a soak', () => {
  it('are the whole proof when none is given', () => {
    expect(readCliArgs([])).toEqual({ shape: 'standalone', stations: 200, minutes: 2, kills: 0, victims: ['standalone'], seed: 7 });
  });

  it('say which shape, how many and how long', () => {
    const words = ['--shape', 'stack', '--stations', '20', '--minutes', '0.5', '--kills', '3', '--seed', '1'];
    expect(readCliArgs(words)).toEqual({ shape: 'stack', stations: 20, minutes: 0.5, kills: 3, victims: ['transaction', 'cdr'], seed: 1 });
  });

  it.each([
    ['kafka,gateway-1', ['kafka', 'gateway-1']],
    ['all', expect.arrayContaining(['transaction', 'cdr', 'kafka', 'redis', 'postgres'])],
  ])('say who may be killed: %s', (said, victims) => {
    expect(readCliArgs(['--shape', 'stack', '--victims', said]).killTargets).toEqual(victims);
  });

  it.each([
    [['--shape', 'cloud'], '--shape cloud is neither standalone nor stack'],
    [['--stations', '0'], '--stations 0 is not from 1 to 2000'],
    [['--minutes', 'two'], '--minutes two is not from 0.1 to 60'],
    [['--kills', '101'], '--kills 101 is not from 0 to 100'],
    [['--victims', 'kafka'], '--victims kafka is none of standalone'],
    [['--shape', 'stack', '--victims', 'cdr,'], '--victims  is none of transaction'],
    [['--speed', '1'], "Unknown option '--speed'"],
  ])('that cannot be are refused: %j', (words, message) => {
    expect(() => readCliArgs(words)).toThrow(message);
  });
});

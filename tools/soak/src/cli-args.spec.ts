import { readCliArgs } from './cli-args';

describe("the soak's command line arguments", () => {
  it('default to the whole proof on standalone, without a kill', () => {
    expect(readCliArgs([])).toEqual({ shape: 'standalone', stations: 200, minutes: 2, kills: 0, killTargets: ['standalone'], seed: 7 });
  });

  it('set the shape, the numbers and the time', () => {
    const args = ['--shape', 'stack', '--stations', '20', '--minutes', '0.5', '--kills', '3', '--seed', '1'];
    expect(readCliArgs(args)).toEqual({
      shape: 'stack',
      stations: 20,
      minutes: 0.5,
      kills: 3,
      killTargets: ['transaction', 'cdr'],
      seed: 1,
    });
  });

  it.each([
    ['kafka,gateway-1', ['kafka', 'gateway-1']],
    ['all', expect.arrayContaining(['transaction', 'cdr', 'kafka', 'redis', 'postgres'])],
  ])('set the processes that may be killed: %s', (list, killTargets) => {
    expect(readCliArgs(['--shape', 'stack', '--kill-targets', list]).killTargets).toEqual(killTargets);
  });

  it.each([
    [['--shape', 'cloud'], '--shape cloud is neither standalone nor stack'],
    [['--stations', '0'], '--stations 0 is not from 1 to 2000'],
    [['--minutes', 'two'], '--minutes two is not from 0.1 to 60'],
    [['--kills', '101'], '--kills 101 is not from 0 to 100'],
    [['--kill-targets', 'kafka'], '--kill-targets kafka is none of standalone'],
    [['--shape', 'stack', '--kill-targets', 'cdr,'], '--kill-targets  is none of transaction'],
    [['--speed', '1'], "Unknown option '--speed'"],
  ])('are refused when they are wrong: %j', (args, message) => {
    expect(() => readCliArgs(args)).toThrow(message);
  });
});

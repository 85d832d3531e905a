import { helpText } from '@voltbus/runtime';
import { CHECKS, SHORT } from './checks';
import { CLUSTER, readCliArgs } from './cli-args';

describe("the cluster's command line arguments", () => {
  it('run every check by default, in their order', () => {
    expect(readCliArgs(['test'])).toEqual({
      ...{ name: 'test', checks: CHECKS.map(({ name }) => name), stations: 24, keep: false, namespace: null, foreign: null },
    });
  });

  it('choose checks, which run in the same order', () => {
    expect(readCliArgs(['test', '--only', 'scale,matrix', '--stations', '40', '--keep'])).toMatchObject({
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

  describe("for somebody else's cluster", () => {
    const ours = process.env['KUBECONFIG'];
    afterEach(() => {
      if (ours === undefined) delete process.env['KUBECONFIG'];
      else process.env['KUBECONFIG'] = ours;
    });

    it('name it, its image and its servers', () => {
      const args = ['test', '--kubeconfig', 'f', '--context', 'kind-kind', '--image', 'registry.example:5000/v:1', '--host', '172.18.0.1'];
      expect(readCliArgs(args).foreign).toEqual({
        ...{ kubeconfig: 'f', context: 'kind-kind', image: 'registry.example:5000/v:1', newerImage: null, host: '172.18.0.1' },
      });
    });

    it('take KUBECONFIG only where a context is confirmed: it is set for other work too', () => {
      process.env['KUBECONFIG'] = 'g';
      expect(readCliArgs(['test']).foreign).toBeNull();
      expect(readCliArgs(['test', '--context', 'c', '--image', 'v:1']).foreign).toMatchObject({ kubeconfig: 'g', context: 'c' });
    });

    it.each([
      [['--kubeconfig', 'f', '--context', 'c'], '--kubeconfig needs --image'],
      [['--kubeconfig', 'f', '--image', 'voltbus'], 'voltbus: an image with its tag or its digest'],
      [['--image', 'v:1'], '--image needs --kubeconfig'],
      [['--host', '127.0.0.1'], '--host needs --kubeconfig'],
      [['--kubeconfig', 'f', '--image', 'v:1', '--only', 'scale'], '--only without install needs --namespace'],
      [['--kubeconfig', 'f', '--image', 'v:1', '--namespace', 'production'], '--namespace names what a run with --keep'],
      [['--only', 'scale', '--namespace', 'production'], '--namespace names what a run with --keep'],
    ])('are refused when they are wrong: %j', (args, message) => {
      delete process.env['KUBECONFIG'];
      expect(() => readCliArgs(['test', ...args])).toThrow(message);
    });
  });

  it('are explained by the help, with every check', () => {
    const help = helpText(CLUSTER);
    for (const { name, about } of CHECKS) expect(help).toContain(`${name} `.padEnd(12) + about);
  });
});

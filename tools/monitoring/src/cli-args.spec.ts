import { readCliArgs } from './cli-args';

describe('npm run monitoring', () => {
  it('writes, checks or verifies', () => {
    expect(readCliArgs([])).toEqual({ kind: 'write' });
    expect(readCliArgs(['--check'])).toEqual({ kind: 'check' });
    expect(readCliArgs(['verify'])).toEqual({ kind: 'verify', seconds: 60 });
    expect(readCliArgs(['verify', '--seconds', '600'])).toEqual({ kind: 'verify', seconds: 600 });
  });

  it.each([[['verfy']], [['verify', 'now']], [['verify', '--seconds', '5']], [['verify', '--seconds', 'long']], [['--chekc']]])(
    'refuses %j',
    (args) => {
      expect(() => readCliArgs(args)).toThrow();
    },
  );
});

import { asksForHelp, helpText } from './command-line';

describe('the help of a command', () => {
  it('names every option with its default, and itself', () => {
    const options = {
      stations: { type: 'string', default: '10', value: 'N', description: 'how many' },
      password: { type: 'string', value: 'TEXT', description: 'of all of them' },
      register: { type: 'boolean', default: false, description: 'make them known' },
    } as const;
    expect(helpText({ usage: ['npm run fleet -- [options]'], about: 'A fleet.', options }).split('\n')).toEqual([
      'npm run fleet -- [options]',
      '',
      'A fleet.',
      '',
      '  --stations N     how many (default: 10)',
      '  --password TEXT  of all of them',
      '  --register       make them known',
      '  --help           show this',
      '',
    ]);
  });

  it.each([
    [['--help'], true],
    [['restart', '-h'], true],
    [['--nonsense', '--help'], true],
    [['--helpful'], false],
    [[], false],
  ])('is asked for by %j: %s', (args, asked) => expect(asksForHelp(args)).toBe(asked));
});

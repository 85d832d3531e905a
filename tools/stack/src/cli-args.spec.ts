import { readCliArgs } from './cli-args';

describe("the stack's command line", () => {
  it.each([
    [[], { do: 'start', gateways: 1, httpPort: 0, ocppPort: 0 }],
    [['--gateways', '3', '--http-port', '8080', '--ocpp-port', '9000'], { do: 'start', gateways: 3, httpPort: 8080, ocppPort: 9000 }],
    [['restart', 'cdr'], { do: 'restart', name: 'cdr' }],
    [['stop'], { do: 'stop' }],
  ])('%j is understood', (words, wish) => expect(readCliArgs(words)).toEqual(wish));

  it.each([
    [['--gateways', '0']],
    [['--gateways', 'two']],
    [['--gateways', '17']],
    [['restart']],
    [['dance']],
    [['--nonsense']],
    [['--http-port', '70000']],
  ])('%j is refused', (words) => {
    expect(() => readCliArgs(words)).toThrow();
  });
});

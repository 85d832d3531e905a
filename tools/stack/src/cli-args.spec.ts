import { readCliArgs } from './cli-args';

describe("the stack's command line arguments", () => {
  it.each([
    [[], { do: 'start', gateways: 1, httpPort: 0, ocppPort: 0 }],
    [['--gateways', '3', '--http-port', '8080', '--ocpp-port', '9000'], { do: 'start', gateways: 3, httpPort: 8080, ocppPort: 9000 }],
    [['restart', 'cdr'], { do: 'restart', name: 'cdr' }],
    [['stop'], { do: 'stop' }],
  ])('%j are read', (args, command) => expect(readCliArgs(args)).toEqual(command));

  it.each([
    [['--gateways', '0']],
    [['--gateways', 'two']],
    [['--gateways', '17']],
    [['restart']],
    [['dance']],
    [['--nonsense']],
    [['--http-port', '70000']],
  ])('%j are refused', (args) => {
    expect(() => readCliArgs(args)).toThrow();
  });
});

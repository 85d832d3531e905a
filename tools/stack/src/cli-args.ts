import { parseArgs } from 'node:util';
import type { DescribedCommand } from '@voltbus/runtime';

/** A command of `npm run stack`, with its options. */
export type StackCommand =
  { do: 'start'; gateways: number; httpPort: number; ocppPort: number } | { do: 'restart'; name: string } | { do: 'stop' };

const MAX_GATEWAYS = 16;
const USAGE = 'npm run stack [-- --gateways N --http-port P --ocpp-port P | restart NAME | stop]';
const OPTIONS = {
  gateways: { type: 'string', default: '1', value: 'N', description: `1 to ${MAX_GATEWAYS}` },
  'http-port': { type: 'string', default: '0', value: 'P', description: 'port of the API; 0 takes a free one' },
  'ocpp-port': {
    type: 'string',
    default: '0',
    value: 'P',
    description: 'port of the first gateway, the others count up from it; 0 takes free ones',
  },
} as const;
export const STACK: DescribedCommand = {
  usage: ['npm run stack -- [options]', 'npm run stack -- restart NAME', 'npm run stack -- stop'],
  about: `Runs the cluster on this machine: gateways, every service in a process of its own, Kafka, Redis and Postgres.
restart starts a process or server (gateway-1, cdr, kafka ...) again; stop ends the stack that runs on VOLTBUS_DATA_DIR (.voltbus).`,
  options: OPTIONS,
};

/** Reads the command line. Throws an error that names the wrong argument and gives the usage. */
export function readCliArgs(args: readonly string[]): StackCommand {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: OPTIONS,
  });
  const [command = 'start', name, ...rest] = positionals;
  if (command === 'restart' && name !== undefined && rest.length === 0) return { do: 'restart', name };
  if (command === 'stop' && name === undefined) return { do: 'stop' };
  if (command !== 'start' || name !== undefined) throw new Error(`${positionals.join(' ')}: ${USAGE}`);
  return {
    do: 'start',
    gateways: whole('--gateways', values.gateways, 1, MAX_GATEWAYS),
    httpPort: whole('--http-port', values['http-port'], 0, 65_535),
    ocppPort: whole('--ocpp-port', values['ocpp-port'], 0, 65_535),
  };
}

function whole(name: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < low || value > high)
    throw new Error(`${name} ${text}: a whole number from ${low} to ${high}. ${USAGE}`);
  return value;
}

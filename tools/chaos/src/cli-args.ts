import { parseArgs } from 'node:util';
import type { DescribedCommand } from '@voltbus/runtime';
import { numberWithin } from '@voltbus/soak';
import type { ChaosPlan } from './chaos';
import { FAULTS } from './faults';

const OPTIONS = {
  minutes: { type: 'string', default: '10', value: 'N', description: 'time in which stations charge and faults happen, 2 to 240' },
  stations: { type: 'string', default: '48', value: 'N', description: 'of each of two tenants, 1 to 1000' },
  seed: { type: 'string', default: '3', value: 'N', description: 'the same seed gives the same fleets and the same order of faults' },
  only: { type: 'string', value: 'NAME,...', description: 'only these faults, each as often as the time allows' },
} as const;

export const CHAOS: DescribedCommand = {
  usage: ['npm run chaos -- [options]'],
  about: `Two tenants' fleets of all versions and personalities, and two small ones whose clocks are a day ahead and two hours behind,
charge at a cluster of two gateways while one fault after the other is injected, in an order drawn from the seed; each fleet gets a
command every second. Then all sessions, prices, commands, events and processes are judged. Ends with 0 where all is right.

Faults:
${FAULTS.map(({ name, about }) => `  ${name.padEnd(20)}  ${about}`).join('\n')}`,
  options: OPTIONS,
};

/** Throws an error that names the wrong option. */
export function readCliArgs(args: readonly string[]): ChaosPlan {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  return {
    minutes: numberWithin('minutes', values.minutes, 2, 240),
    stations: Math.trunc(numberWithin('stations', values.stations, 1, 1_000)),
    seed: Math.trunc(numberWithin('seed', values.seed, 0, 2 ** 31)),
    faults: values.only === undefined ? FAULTS : values.only.split(',').map(faultNamed),
    named: values.only !== undefined,
  };
}

function faultNamed(name: string): ChaosPlan['faults'][number] {
  const found = FAULTS.find((fault) => fault.name === name);
  if (found === undefined) throw new Error(`--only ${name} is none of ${FAULTS.map((fault) => fault.name).join(', ')}`);
  return found;
}

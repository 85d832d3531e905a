import { parseArgs } from 'node:util';
import type { DescribedCommand } from '@voltbus/runtime';
import { numberWithin } from '../number-option';
import type { DrillPlan } from './restore-drill';

const OPTIONS = {
  stations: { type: 'string', default: '30', value: 'N', description: '1 to 1000' },
  minutes: { type: 'string', default: '2', value: 'N', description: 'time in which stations charge, 0.5 to 60' },
  seed: { type: 'string', default: '7', value: 'N', description: 'the same seed gives the same fleet' },
  'no-rewind': { type: 'boolean', default: false, description: 'leave the consumer groups where they are, to see what is lost then' },
} as const;

export const RESTORE_DRILL: DescribedCommand = {
  usage: ['npm run restore-drill -- [options]'],
  about: `A fleet charges at the cluster shape. The database is lost and restored from a base backup and archived WAL to an instant before,
while Kafka goes on; the consumer groups go back to that instant (rewind); then the system's account is compared with the truth of the
stations. Ends with 0 where nothing is lost, doubled or wrong.`,
  options: OPTIONS,
};

/** Throws an error that names the wrong option. */
export function readDrillArgs(args: readonly string[]): DrillPlan {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  return {
    stations: Math.trunc(numberWithin('stations', values.stations, 1, 1_000)),
    minutes: numberWithin('minutes', values.minutes, 0.5, 60),
    seed: Math.trunc(numberWithin('seed', values.seed, 0, 2 ** 31)),
    rewind: !values['no-rewind'],
  };
}

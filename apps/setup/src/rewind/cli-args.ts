import { parseArgs } from 'node:util';
import type { DescribedCommand } from '@voltbus/runtime';

const OPTIONS = {
  to: { type: 'string', value: 'TIME', description: 'the time that the database was restored to, such as 2026-11-29T20:15:00Z' },
  'margin-seconds': {
    type: 'string',
    default: '60',
    value: 'N',
    description: 'go back so much further, 0 to 86400: what is read twice changes nothing',
  },
} as const;

export const REWIND: DescribedCommand = {
  usage: ['node apps/setup/dist/rewind-main.js --to TIME [options]', 'voltbus rewind --to TIME [options]        in the image'],
  about: `Sets the consumer groups back to where the restored database stands, so that what was lost is read again from Kafka
(docs/how-to/back-up-and-restore.md). Stop every service but the gateways first. Kafka is named by the settings of every process.`,
  options: OPTIONS,
};

const MAX_MARGIN_SECONDS = 86_400;

/** The instant to go back to, epoch milliseconds. Throws an error that names the wrong option. */
export function readRewindArgs(args: readonly string[], now: number): number {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const to = Date.parse(values.to ?? '');
  if (Number.isNaN(to) || !/T.*(Z|[+-]\d\d:?\d\d)$/.test(values.to ?? ''))
    throw new Error(`--to ${values.to ?? ''}: a time with its zone, such as 2026-11-29T20:15:00Z`);
  if (to > now) throw new Error(`--to ${values.to}: is in the future`);
  const margin = Number(values['margin-seconds']);
  if (!(margin >= 0 && margin <= MAX_MARGIN_SECONDS))
    throw new Error(`--margin-seconds ${values['margin-seconds']} is not from 0 to ${MAX_MARGIN_SECONDS}`);
  return to - margin * 1_000;
}
